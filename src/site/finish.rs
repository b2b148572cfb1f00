//! The last step of a build: what trunk and the renderer left in the staging folder becomes the site.
//!
//! - Links to the site's root, written `@root/…` by the renderer and with the public URL by trunk, become relative by the
//!   page's depth, so that one build works at `/`, at `/sub/` and from anywhere else. (The 404 page answers at every
//!   depth: its links stay absolute.)
//! - Stylesheets become one.
//! - The app, and trunk's links to it, stay in pages with a figure only: no other page has a use for it. The glue and its
//!   start, which trunk writes into each page, are one module: the policy allows no inline script.
//! - Workers, which trunk neither hashes nor links, get a hashed name and a `<meta name="worker" …>` on the pages whose
//!   lessons they hold. A worker is one classic script: the glue and its start.
//! - `<meta name="build-id" …>` and, in a worker, `BUILD_ID` say which build they are of: a page that outlived a deployment
//!   notices that its worker speaks another protocol.
//! - A manifest and icons make the site installable. In a release a service worker has it kept for when there is no network;
//!   where the site's address is known there are a sitemap and cards for social networks.
//! - In a release every page opens with the strict policy. (In development trunk's inline reload script has to run.)
//! - A link to a page or file that isn't there fails a release, and is told of while one writes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::share::{self, SiteUrl};
use super::tags::{self, Attribute};
use super::workers::Workers;
use super::{install, offline};

/// What each page may do, in a release.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; \
    img-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";

/// Scripts and stylesheets that pages name as they are.
const PLAIN: [&str; 5] = ["theme.js", "kept.js", "map.js", "learn/learn.css", "pages/home.css"];

/// The page that answers where there is none.
const MISSING: &str = "404.html";

/// A media query that is true in Chromium by its first feature and in Firefox by its second. WebKit knows neither, and
/// what is not known is not true.
const NOT_WEBKIT: &str = "(device-posture: continuous), (video-dynamic-range: standard)";

/// Options of the last build step.
#[derive(Debug, Clone)]
pub struct FinishOptions {
    /// The folder with trunk's output and the rendered pages.
    pub out: PathBuf,
    /// The URL that trunk put before its links: `/`, `/sub/` or `./`.
    pub public_url: String,
    /// With the strict policy, or with the inline script that reloads the page while one works on it.
    pub release: bool,
    /// What makes scripts and styles smaller; in development they stay as they are read.
    pub minify: Minify,
    /// Which worker holds which lessons.
    pub workers: Workers,
    /// Where the site will lie, if that is known.
    pub site_url: Option<SiteUrl>,
}

/// A script (`js`) or style sheet (`css`), in fewer bytes.
///
/// # Errors
/// What is wrong with it, or with what makes it smaller.
pub type Minify = fn(text: &str, kind: &str) -> Result<String, String>;

/// [`Minify`] by esbuild, which `./dev` installs.
pub fn by_esbuild(text: &str, kind: &str) -> Result<String, String> {
    let run = || {
        let mut esbuild = Command::new("esbuild")
            .args(["--minify", "--log-level=error", &format!("--loader={kind}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        // Nothing is written before all has been read.
        esbuild.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes()))?;
        esbuild.wait_with_output()
    };
    let output = run().map_err(|error| format!("esbuild: {error}"))?;
    if !output.status.success() {
        return Err(format!("esbuild: can't read a text of kind {kind}"));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("esbuild: {error}"))
}

/// What all pages have in common.
struct Site<'a> {
    options: &'a FinishOptions,
    build_id: String,
    /// The stylesheet's file name.
    style: String,
    /// The page's own script and WASM.
    app: PlacedFiles,
    /// The learner's side: a module of its own.
    learn: PlacedFiles,
    /// The index of its search.
    index: String,
    /// The lessons in outline.
    syllabus: String,
    /// The script of the store's worker.
    store: String,
    /// In a release, the script that has the site kept for when there is no network.
    offline: Option<String>,
    /// Worker's name → file name.
    workers: BTreeMap<String, String>,
}

/// File names of a script and the WASM that it starts.
struct PlacedFiles {
    script: String,
    wasm: String,
}

/// Finishes the site in place. `Err` says which file has what wrong with it.
pub fn finish(options: &FinishOptions) -> Result<(), String> {
    let out = &options.out;
    let files = files(out)?;
    let build_id = build_id(out, &files)?;
    let mut workers = BTreeMap::new();
    for name in options.workers.names() {
        let script = place_worker(options, &format!("worker-{name}"), &build_id)?;
        workers.insert(name.to_owned(), script);
    }
    place_plain(options, &files)?;
    install::write(out)?;
    let shell = read(out, "index.html")?;
    let style = place_style(options, &shell)?;
    let app = place_app(options, &shell)?;
    let learn = place_module(options, "learn", "learn.js")?;
    let store = place_worker(options, "store-worker", &build_id)?;
    let index = place_data(out, super::search::FILE)?;
    let syllabus = place_data(out, super::syllabus::FILE)?;
    let offline = options.release.then(|| place_offline(options)).transpose()?;
    let site = Site { options, build_id, style, app, learn, index, syllabus, store, offline, workers };
    let pages: Vec<&str> = files.iter().map(String::as_str).filter(|file| is_page(file)).collect();
    if options.site_url.is_some() {
        share::draw_cards(out, &pages)?;
    }
    let mut listed = Vec::new();
    for page in pages {
        let html = site.page(page, &read(out, page)?)?;
        write(out, page, &html)?;
        if page != MISSING && share::is_listed(&html) {
            listed.push(page);
        }
    }
    if let Some(url) = &options.site_url {
        write(out, "sitemap.xml", &url.sitemap(listed.into_iter()))?;
    }
    // Last, for it lists all files.
    let worker = if options.release {
        offline::worker(out, super::weigh::MAX_KEPT)?
    } else {
        offline::FORGET.to_owned()
    };
    let worker = (options.minify)(&worker, "js").map_err(|why| format!("{}: {why}", offline::WORKER))?;
    write(out, offline::WORKER, &worker)?;
    let broken = broken_links(out)?;
    if broken.is_empty() {
        return Ok(());
    }
    if options.release {
        return Err(broken.join("\n"));
    }
    // While one writes, the page is shown all the same.
    eprintln!("{}", broken.join("\n"));
    Ok(())
}

impl Site<'_> {
    /// One page, finished. `path` is where it lies, from the site's root.
    fn page(&self, path: &str, html: &str) -> Result<String, String> {
        let root = match self.options.public_url.as_str() {
            url if path == MISSING => if url.starts_with('/') { url } else { "/" }.to_owned(),
            _ => match path.matches('/').count() {
                0 => "./".to_owned(),
                depth => "../".repeat(depth),
            },
        };
        let html = tags::rewrite(html, |a| self.relink(a).map(|rest| format!("{root}{rest}")));
        let (head, _, tail) =
            inline_start(&html).ok_or_else(|| format!("{path}: trunk's start script is missing from it"))?;
        let links = self.links(&html, &root);
        let html = tags::without(&format!("{head}{links}{tail}"), |tag, whole| {
            tag == "link" && !links.contains(whole) && (is_shared(whole, &root) || is_trunks(whole))
        });
        let metas = self.metas(path, &html, &root);
        let charset = "<meta charset=\"utf-8\">";
        let (before, after) =
            html.split_once(charset).ok_or_else(|| format!("{path}: has no {charset} in its head"))?;
        Ok(without_comments(&format!("{before}{charset}{metas}{after}")))
    }

    /// The stylesheet, in a page with a figure the app, and in one with a place for it the learner's side: their WASM is
    /// asked for before their scripts have arrived. Not by WebKit, which would ask for it again when it is wanted: see
    /// [`NOT_WEBKIT`].
    fn links(&self, html: &str, root: &str) -> String {
        let mut links = vec![format!("<link rel=\"stylesheet\" href=\"{root}{}\">", self.style)];
        let programs = [(has_figure(html), &self.app), (has(html, "data-learn"), &self.learn)];
        links.extend(programs.into_iter().filter(|(is_used, _)| *is_used).map(|(_, PlacedFiles { script, wasm })| {
            format!(
                "<link rel=\"preload\" href=\"{root}{wasm}\" crossorigin as=\"fetch\" type=\"application/wasm\" media=\"{NOT_WEBKIT}\">\
                 \n<script type=\"module\" src=\"{root}{script}\"></script>"
            )
        }));
        links.extend(
            self.offline.iter().map(|script| format!("<script src=\"{root}{script}\" defer></script>")),
        );
        links.join("\n")
    }

    /// What comes after the site's root in a link to somewhere in it.
    fn relink<'a>(&self, a: Attribute<'a>) -> Option<&'a str> {
        let marked = a.value.strip_prefix("@root/");
        let trunks = || {
            let rest = a.value.strip_prefix(&self.options.public_url)?;
            (matches!(a.name, "href" | "src") && !rest.starts_with('/')).then_some(rest)
        };
        marked.or_else(trunks)
    }

    /// Policy, build, and the workers that this page's figures live in, in the order in which the figures name their
    /// sets; a figure that names none lives where the page's own lesson does.
    fn metas(&self, path: &str, html: &str, root: &str) -> String {
        let own = path.strip_suffix("/index.html");
        let named =
            tags::attributes(html).into_iter().filter(|a| a.name == "data-figure-set").map(|a| a.value);
        let sets = named.chain(own).filter(|_| has_figure(html));
        let mut needed: Vec<&str> = Vec::new();
        for worker in sets.filter_map(|set| self.options.workers.of(set)) {
            if !needed.contains(&worker) {
                needed.push(worker);
            }
        }
        let mut metas = Vec::new();
        if self.options.release {
            metas.push(format!("\n<meta http-equiv=\"content-security-policy\" content=\"{POLICY}\">"));
        }
        if let Some(url) =
            self.options.site_url.as_ref().filter(|_| path != MISSING && share::is_listed(html))
        {
            metas.push(url.metas(&self.options.out, path, html));
        }
        metas.push(format!("\n<meta name=\"build-id\" content=\"{}\">", self.build_id));
        let learn = [("learn", &self.learn.script), ("search", &self.index), ("syllabus", &self.syllabus)];
        for (name, file) in learn {
            metas.push(format!("\n<meta name=\"{name}\" content=\"{root}{file}\">"));
        }
        if has_figure(html) {
            metas.push(format!("\n<meta name=\"store\" content=\"{root}{}\">", self.store));
        }
        metas.extend(needed.into_iter().map(|name| {
            let sets = self.options.workers.sets(name).join(" ");
            format!("\n<meta name=\"worker\" data-sets=\"{sets}\" content=\"{root}{}\">", self.workers[name])
        }));
        metas.concat()
    }
}

/// The inline script that starts the app: what stands before it, its text, what comes after.
fn inline_start(html: &str) -> Option<(&str, &str, &str)> {
    let (open, close) = ("<script type=\"module\">", "</script>");
    let at = html.find(&format!("{open}\nimport init"))?;
    let (text, tail) = html[at + open.len()..].split_once(close)?;
    Some((&html[..at], text, tail))
}

/// Whether something in a page is tied to a figure: `theme.js` asks the same.
fn has_figure(html: &str) -> bool {
    has(html, "data-figure")
}

/// Whether an element of a page has this attribute.
fn has(html: &str, attribute: &str) -> bool {
    tags::attributes(html).iter().any(|a| a.name == attribute)
}

/// Whether a `<link>` is a stylesheet's.
fn is_style(link: &str) -> bool {
    tags::value(link, "rel") == Some("stylesheet")
}

/// Whether a `<link>` is one of trunk's stylesheets, which lie at the root; a page's own lies in its folder and stays.
fn is_shared(link: &str, root: &str) -> bool {
    let file = tags::value(link, "href").map(|href| href.strip_prefix(root).unwrap_or(href));
    is_style(link) && file.is_some_and(|file| !file.contains('/'))
}

/// Whether a `<link>` is one that trunk wrote for the app.
fn is_trunks(link: &str) -> bool {
    tags::value(link, "rel").is_some_and(|rel| rel == "modulepreload")
        || tags::value(link, "type") == Some("application/wasm")
}

/// Makes the scripts and stylesheets smaller that keep their names.
fn place_plain(options: &FinishOptions, files: &[String]) -> Result<(), String> {
    for file in files.iter().filter(|file| PLAIN.contains(&file.as_str())) {
        let kind = file.rsplit('.').next().unwrap_or("");
        let text = read(&options.out, file)?;
        let text = (options.minify)(&text, kind).map_err(|why| format!("{file}: {why}"))?;
        write(&options.out, file, &text)?;
    }
    Ok(())
}

/// Writes the script that has the site kept, and returns its name.
fn place_offline(options: &FinishOptions) -> Result<String, String> {
    let script = (options.minify)(offline::PAGE, "js").map_err(|why| format!("offline.js: {why}"))?;
    write_by_content(&options.out, "offline", "js", &script)
}

/// Writes trunk's stylesheets, in their order, into one, and returns its name.
fn place_style(options: &FinishOptions, shell: &str) -> Result<String, String> {
    let mut style = String::new();
    for link in tags::attributes(shell).iter().filter(|a| a.tag == "link" && a.name == "href") {
        // A page's own has its mark.
        if is_style(link.whole) && !link.value.starts_with("@root/") {
            // It lies at the root, and what it names is found from there.
            let file = link.value.rsplit('/').next().unwrap_or("");
            style += &read(&options.out, file)?;
            remove(&options.out, file)?;
        }
    }
    let style = (options.minify)(&style, "css").map_err(|why| format!("the stylesheets: {why}"))?;
    write_by_content(&options.out, "style", "css", style.trim_start())
}

/// Makes one module of the app's glue and its start.
fn place_app(options: &FinishOptions, shell: &str) -> Result<PlacedFiles, String> {
    let (_, text, _) = inline_start(shell).ok_or("index.html: trunk's start script is missing from it")?;
    let glue = text
        .split('\'')
        .filter(|t| t.ends_with(".js"))
        .find_map(|t| t.rsplit('/').next())
        .ok_or("index.html: trunk's start script names no .js file")?;
    place_module(options, "app", glue)
}

/// Makes one module of a program's glue and its start.
fn place_module(options: &FinishOptions, stem: &str, glue: &str) -> Result<PlacedFiles, String> {
    let init = "__wbg_init";
    if !read(&options.out, glue)?.contains(&format!("{init} as default")) {
        return Err(format!("{glue}: wasm-bindgen's glue no longer starts by {init}"));
    }
    let wasm = glue.replace(".js", "_bg.wasm");
    let start = format!("await {init}({{ module_or_path: new URL('./WASM', import.meta.url) }});\n");
    place(options, stem, [glue, &wasm], ["", &start])
}

/// Makes one script of a worker's glue and its start, and returns its name.
fn place_worker(options: &FinishOptions, stem: &str, build_id: &str) -> Result<String, String> {
    let (glue, wasm) = (format!("{stem}.js"), format!("{stem}_bg.wasm"));
    let build = format!("globalThis.BUILD_ID = '{build_id}';\n");
    let start = "\nwasm_bindgen({ module_or_path: new URL('./WASM', self.location.href) });\n";
    Ok(place(options, stem, [&glue, &wasm], [&build, start])?.script)
}

/// Gives a file of data, such as the search's index, a name by its content.
fn place_data(out: &Path, file: &str) -> Result<String, String> {
    let bytes = fs::read(out.join(file)).map_err(|e| format!("{file}: {e}"))?;
    let name = format!("{}-{}.bin", file.trim_end_matches(".bin"), hash(&bytes));
    fs::rename(out.join(file), out.join(&name)).map_err(|e| format!("{name}: {e}"))?;
    Ok(name)
}

/// Gives glue and WASM their names by content, the script with what comes before and behind the glue (`WASM` is the
/// name of that). A second run over a finished folder is not meant to be: trunk stages afresh each time.
fn place(
    options: &FinishOptions,
    stem: &str,
    [glue, wasm]: [&str; 2],
    [before, behind]: [&str; 2],
) -> Result<PlacedFiles, String> {
    let out = &options.out;
    let code = read(out, glue)?;
    // With what calls the glue, as its names become shorter.
    let script =
        (options.minify)(&[before, &code, behind].concat(), "js").map_err(|why| format!("{glue}: {why}"))?;
    let bytes = fs::read(out.join(wasm)).map_err(|e| format!("{wasm}: {e}; is it in index.html?"))?;
    let placed_wasm = format!("{stem}-{}_bg.wasm", hash(&bytes));
    let script = script.replace("./WASM", &format!("./{placed_wasm}"));
    remove(out, glue)?;
    remove(out, wasm)?;
    fs::write(out.join(&placed_wasm), bytes).map_err(|e| format!("{placed_wasm}: {e}"))?;
    let script = write_by_content(out, stem, "js", &script)?;
    Ok(PlacedFiles { script, wasm: placed_wasm })
}

/// One id over all WASM of the build.
fn build_id(out: &Path, files: &[String]) -> Result<String, String> {
    let mut hashes = String::new();
    for file in files.iter().filter(|f| f.ends_with(".wasm")) {
        hashes += &hash(&fs::read(out.join(file)).map_err(|e| format!("{file}: {e}"))?);
    }
    Ok(hash(hashes.as_bytes()))
}

/// Links of all pages to files, pages and places in pages that aren't there, each with its page.
fn broken_links(out: &Path) -> Result<Vec<String>, String> {
    let mut broken = Vec::new();
    for page in files(out)?.iter().filter(|f| is_page(f) && *f != MISSING) {
        let html = read(out, page)?;
        for a in tags::attributes(&html) {
            let local = !a.value.contains(':') && !a.value.starts_with("//");
            if !local
                || !(matches!(a.name, "href" | "src") || a.name == "content" && a.value.starts_with('.'))
            {
                continue;
            }
            let (file, fragment) = a.value.split_once('#').unwrap_or((a.value, ""));
            let Some(to) = resolve(page, file) else {
                broken.push(format!("{page}: <{} {}=\"{}\"> leads out of the site", a.tag, a.name, a.value));
                continue;
            };
            let there = match fs::read_to_string(out.join(&to)) {
                // A figure's fragment holds a run, not a place.
                Ok(text) if !fragment.is_empty() && !fragment.contains('=') => {
                    text.contains(&format!("id=\"{fragment}\""))
                }
                _ => out.join(&to).is_file(),
            };
            if !there {
                broken.push(format!("{page}: <{} {}=\"{}\"> leads to nothing", a.tag, a.name, a.value));
            }
        }
    }
    Ok(broken)
}

/// The file, from the site's root, that a relative link on a page (or in a script or stylesheet) means; a folder means
/// its `index.html`. `None`: outside the site.
pub fn resolve(from: &str, link: &str) -> Option<String> {
    let link = link.split(['?', '#']).next().unwrap_or("");
    if link.is_empty() {
        return Some(from.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    if link.ends_with('/') || matches!(link, "." | "..") {
        parts.push("index.html");
    }
    Some(parts.join("/"))
}

/// All files below a folder, as paths from it with `/`, in order.
pub fn files(root: &Path) -> Result<Vec<String>, String> {
    fn walk(dir: &Path, prefix: &str, into: &mut Vec<String>) -> std::io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &format!("{prefix}{name}/"), into)?;
            } else {
                into.push(format!("{prefix}{name}"));
            }
        }
        Ok(())
    }
    let mut all = Vec::new();
    walk(root, "", &mut all).map_err(|e| format!("{}: {e}", root.display()))?;
    all.sort();
    Ok(all)
}

/// Whether a file of the site is a page.
pub fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

/// FNV-1a, 64 bits, in hexadecimal, to name files by their content. It needn't withstand attackers.
pub(super) fn hash(bytes: &[u8]) -> String {
    let sum = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016x}")
}

/// Drops comments and the empty lines that trunk's own tags leave behind, in the head only.
fn without_comments(html: &str) -> String {
    let Some((head, body)) = html.split_once("</head>") else { return html.to_owned() };
    let text = without(head, "<!--", "-->");
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    format!("{}\n</head>{body}", lines.join("\n"))
}

/// The text without what stands between these two.
fn without(text: &str, opening: &str, closing: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(opening) {
        out += before;
        rest = after.split_once(closing).map_or("", |(_, rest)| rest);
    }
    out + rest
}

fn read(out: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(out.join(file)).map_err(|e| format!("{file}: {e}"))
}

fn remove(out: &Path, file: &str) -> Result<(), String> {
    fs::remove_file(out.join(file)).map_err(|e| format!("{file}: {e}"))
}

fn write(out: &Path, file: &str, text: &str) -> Result<(), String> {
    fs::write(out.join(file), text).map_err(|e| format!("{file}: {e}"))
}

/// Writes a text into a file with its hash in the name, and returns that.
fn write_by_content(out: &Path, stem: &str, kind: &str, text: &str) -> Result<String, String> {
    let name = format!("{stem}-{}.{kind}", hash(text.as_bytes()));
    write(out, &name, text)?;
    Ok(name)
}
