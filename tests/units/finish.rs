//! The last step of a build, over a small site as trunk would stage it.

use std::fs;
use std::path::{Path, PathBuf};

use playground::site::finish::{FinishOptions, POLICY, finish};
use playground::site::offline::Kept;
use playground::site::share::SiteUrl;
use playground::site::weigh::{FileKind, weigh};
use playground::site::workers::Workers;

const TABLE: &str = "[package]\n[package.metadata.workers]\nq = [\"a/one\"]\nr = [\"a/two\", \"b/three\"]\n";

/// A WASM file of one section, that the last step leaves alone, with this in it.
fn wasm(text: &str) -> String {
    format!("\0asm\u{1}\0\0\0\u{b}{}{text}", char::from(text.len() as u8))
}

/// A folder of its own for each test, removed at its end.
struct Staged(PathBuf, Option<SiteUrl>);

impl Staged {
    /// What trunk leaves, with this public URL: glue and WASM of the page and of two workers, and some pages.
    fn new(name: &str, url: &str) -> Self {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&out);
        let site = Self(out, None);
        let shell = |body: &str| {
            format!(
                "<!doctype html><html><head>\n<meta charset=\"utf-8\">\n<!-- a comment -->\n\n<script type=\"module\">\n\
                 import init, * as bindings from '{url}app-1.js';\n\
                 const wasm = await init({{ module_or_path: '{url}app-1_bg.wasm' }});\n</script>\n\
                 <link rel=\"stylesheet\" href=\"{url}page-1.css\"/><link rel=\"stylesheet\" href=\"{url}figure-1.css\"/>\
                 <link rel=\"modulepreload\" href=\"{url}app-1.js\">\
                 <link rel=\"preload\" href=\"{url}app-1_bg.wasm\" as=\"fetch\" type=\"application/wasm\">\
                 </head><body>{body}</body></html>"
            )
        };
        let files = [
            ("app-1.js", "    fetch('not-here.js');\nexport { __wbg_init as default };".to_owned()),
            ("app-1_bg.wasm", wasm("app")),
            ("page-1.css", "/* type */ @font-face { src: url(\"fonts/serif.woff2\") }\n".to_owned()),
            ("figure-1.css", "p { color: red; }\n".to_owned()),
            ("fonts/serif.woff2", "font".to_owned()),
            ("worker-q.js", "let wasm_bindgen;".to_owned()),
            ("worker-q_bg.wasm", wasm("queue")),
            ("worker-r.js", "let wasm_bindgen;".to_owned()),
            ("worker-r_bg.wasm", wasm("rest")),
            ("search.bin", "an index".to_owned()),
            ("syllabus.bin", "a syllabus".to_owned()),
            ("learn.js", "export { __wbg_init as default };".to_owned()),
            ("learn_bg.wasm", wasm("learn")),
            ("store-worker.js", "let wasm_bindgen;".to_owned()),
            ("store-worker_bg.wasm", wasm("store")),
            ("index.html", shell("<a href=\"@root/a/one/#part\">one</a> <code>&lt;a href=\"/x\"></code>")),
            ("404.html", shell("<a href=\"@root/\">home</a>")),
            (
                "a/one/index.html",
                shell(
                    "<h2 id=\"part\">p</h2><a href=\"@root/\">home</a><a href=\"#part\">p</a>\
                     <figure data-figure=\"f\"></figure>",
                ),
            ),
            ("b/four/index.html", shell("<figure data-figure=\"f\" data-figure-set=\"b/three\"></figure>")),
        ];
        for (path, text) in files {
            site.write(path, &text);
        }
        site
    }

    fn write(&self, path: &str, text: &str) {
        let at = self.0.join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    fn finish(&self, url: &str, release: bool) -> Result<(), String> {
        let workers = Workers::parse(TABLE).unwrap();
        // A stand-in that does as little as can be seen.
        let minify = |text: &str, _: &str| Ok(text.replace("/* type */", "").trim().to_owned());
        let site_url = self.1.clone();
        let (out, public_url) = (self.0.clone(), url.to_owned());
        finish(&FinishOptions { out, public_url, release, minify, workers, site_url })
    }

    /// The one file whose name begins and ends so, with only a hash between.
    fn named(&self, start: &str, end: &str) -> String {
        let names = fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let found: Vec<String> = names.filter(|n| n.starts_with(start) && n.ends_with(end)).collect();
        assert_eq!(found.len(), 1, "{start}…{end}: {found:?}");
        found[0].clone()
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn links_are_relative_by_depth_whatever_the_public_url() {
    for (name, url) in [("root", "/"), ("below", "/sub/"), ("anywhere", "./")] {
        let site = Staged::new(name, url);
        site.finish(url, true).unwrap();
        let home = site.read("index.html");
        let lesson = site.read("a/one/index.html");
        assert!(home.contains("href=\"./style-") && home.contains("href=\"./a/one/#part\""), "{url}: {home}");
        assert!(
            lesson.contains("href=\"../../style-") && lesson.contains("href=\"../../\""),
            "{url}: {lesson}"
        );
        assert!(home.contains("&lt;a href=\"/x\">"), "a sample of code stays as it is: {home}");
        let absolute = if url == "./" { "/" } else { url };
        let missing = site.read("404.html");
        assert!(missing.contains(&format!("href=\"{absolute}style-")), "{url}: {missing}");
    }
}

#[test]
fn a_release_opens_with_the_policy_and_has_no_inline_script() {
    let site = Staged::new("policy", "/");
    site.finish("/", true).unwrap();
    for page in ["index.html", "404.html", "a/one/index.html"] {
        let html = site.read(page);
        let policy = html.find(POLICY).unwrap_or_else(|| panic!("{page} has a policy"));
        assert!(html.find("<link").unwrap() > policy, "{page}");
        assert!(html.find("<script").is_none_or(|script| script > policy), "{page}");
        assert!(!html.contains("import init"), "{page}: {html}");
    }
    let loose = Staged::new("no-policy", "/");
    loose.finish("/", false).unwrap();
    assert!(!loose.read("index.html").contains("content-security-policy"));
}

#[test]
fn a_page_keeps_a_stylesheet_of_its_own() {
    let site = Staged::new("own-style", "/");
    let link = "<body><link rel=\"stylesheet\" href=\"@root/own/own.css\">";
    site.write("own/index.html", &site.read("404.html").replace("<body>", link));
    site.write("own/own.css", "p { color: blue; }\n");
    site.finish("/", true).unwrap();
    let html = site.read("own/index.html");
    assert!(html.contains("href=\"../own/own.css\""), "{html}");
    assert_eq!(html.matches("rel=\"stylesheet\"").count(), 2, "{html}");
}

#[test]
fn only_a_page_with_a_figure_loads_the_app() {
    let site = Staged::new("app", "/");
    site.finish("/", true).unwrap();
    let (script, wasm) = (site.named("app-", ".js"), site.named("app-", ".wasm"));
    for (page, with) in [("index.html", false), ("404.html", false), ("a/one/index.html", true)] {
        let html = site.read(page);
        for part in
            [format!("<script type=\"module\" src=\"../../{script}\">"), format!("href=\"../../{wasm}\"")]
        {
            assert_eq!(html.contains(&part), with, "{page}: {part}");
        }
        assert_eq!(html.contains("app-"), with, "{page}: {html}");
    }
    let code = site.read(&script);
    let start = format!("await __wbg_init({{ module_or_path: new URL('./{wasm}', import.meta.url) }});");
    assert!(code.ends_with(&start), "{code}");
}

#[test]
fn styles_are_one_and_made_smaller() {
    let site = Staged::new("style", "/");
    site.finish("/", true).unwrap();
    let whole = "@font-face { src: url(\"fonts/serif.woff2\") }\np { color: red; }";
    assert_eq!(site.read(&site.named("style-", ".css")), whole);
    assert_eq!(site.read("index.html").matches("rel=\"stylesheet\"").count(), 1);
}

#[test]
fn a_page_names_the_workers_of_its_lessons_and_no_others() {
    let site = Staged::new("workers", "/");
    site.finish("/", true).unwrap();
    let (q, r) = (site.named("worker-q-", ".js"), site.named("worker-r-", ".js"));
    let (home, one, four) =
        (site.read("index.html"), site.read("a/one/index.html"), site.read("b/four/index.html"));
    assert!(!home.contains("name=\"worker\""), "{home}");
    assert!(one.contains(&format!("content=\"../../{q}\"")) && !one.contains(&r), "{one}");
    assert!(four.contains(&format!("content=\"../../{r}\"")) && !four.contains(&q), "{four}");
}

#[test]
fn page_and_worker_carry_the_same_build_which_changes_with_any_wasm() {
    let build = |name: &str, changed: &str| {
        let site = Staged::new(name, "/");
        site.write("worker-r_bg.wasm", &wasm(changed));
        site.finish("/", true).unwrap();
        let worker = site.read(&site.named("worker-q-", ".js"));
        let id = worker.split('\'').nth(1).unwrap().to_owned();
        let meta = format!("<meta name=\"build-id\" content=\"{id}\">");
        assert!(site.read("index.html").contains(&meta), "{meta}");
        (id, site.named("worker-q-", ".js"), site.named("worker-q-", ".wasm"))
    };
    let (id, script, wasm) = build("build", "rest");
    let again = build("build-again", "rest");
    let other = build("build-other", "changed");
    assert_eq!((&id, &script, &wasm), (&again.0, &again.1, &again.2), "the same build has the same names");
    assert!(other.0 != id && other.1 != script, "a worker's script carries the id, so its name follows");
    assert_eq!(other.2, wasm, "its WASM is the same and stays in the cache");
}

#[test]
fn a_link_to_nothing_fails_the_build_and_is_named() {
    for link in ["@root/a/five/", "#nowhere", "@root/a/one/#nowhere", "../../../outside", "@root/none.svg"] {
        let site = Staged::new("broken", "/");
        let page =
            site.read("a/one/index.html").replace("<body>", &format!("<body><a href=\"{link}\">x</a>"));
        site.write("a/one/index.html", &page);
        let error = site.finish("/", true).unwrap_err();
        assert!(error.starts_with("a/one/index.html: <a href="), "{link}: {error}");
    }
}

#[test]
fn the_size_report_follows_pages_styles_scripts_and_workers() {
    let site = Staged::new("weights", "/");
    site.finish("/", true).unwrap();
    let report = weigh(&site.0).unwrap();
    let page = report.pages.iter().find(|p| p.path == "a/one/index.html").unwrap();
    let mut kinds: Vec<(FileKind, &str)> = page.files.iter().map(|f| (f.kind, f.path.as_str())).collect();
    kinds.sort();
    let (app, q) = (site.named("app-", ".wasm"), site.named("worker-q-", ".js"));
    let mut expected = [
        (FileKind::Html, "a/one/index.html"),
        (FileKind::Css, &site.named("style-", ".css")),
        (FileKind::Font, "fonts/serif.woff2"),
        (FileKind::Js, &site.named("app-", ".js")),
        (FileKind::Js, &site.named("offline-", ".js")),
        (FileKind::Wasm, &app),
        (FileKind::Worker, &q),
        (FileKind::Worker, &site.named("worker-q-", ".wasm")),
    ];
    expected.sort();
    assert_eq!(kinds, expected);
    assert_eq!(page.raw, page.files.iter().map(|f| f.raw).sum::<usize>());
    assert_eq!(report.heavy(), Vec::<&str>::new());
    assert_eq!(report.workers.keys().collect::<Vec<_>>(), ["worker-q", "worker-r"]);
    let home: Vec<&str> = report
        .pages
        .iter()
        .find(|p| p.path == "index.html")
        .unwrap()
        .files
        .iter()
        .map(|f| f.path.as_str())
        .collect();
    let offline = site.named("offline-", ".js");
    assert_eq!(home, ["index.html", &site.named("style-", ".css"), &offline, "fonts/serif.woff2"]);
    fs::write(site.0.join(site.named("worker-r-", ".wasm")), noise(240_000)).unwrap();
    assert_eq!(weigh(&site.0).unwrap().heavy(), ["worker-r"]);
    fs::write(site.0.join(app), noise(360_000)).unwrap();
    assert_eq!(weigh(&site.0).unwrap().heavy(), ["a/one/index.html", "b/four/index.html", "worker-r"]);
}

/// Bytes that no compression makes smaller.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// A PNG's width and height.
fn size_of_png(path: &Path) -> (u32, u32) {
    let bytes = fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG"), "{}", path.display());
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_release_lists_its_files_for_when_there_is_no_network() {
    let site = Staged::new("offline", "/");
    site.finish("/", true).unwrap();
    let kept_files = || Kept::of(&site.0, 6_000_000).unwrap().files;
    let kept = kept_files();
    let worker = site.read("sw.js");
    for file in
        ["index.html", "404.html", "a/one/index.html", "manifest.webmanifest", &site.named("app-", ".js")]
    {
        assert!(
            kept.contains_key(file) && worker.contains(&format!("\"{file}\":\"{}\"", kept[file])),
            "{file}"
        );
    }
    assert!(!kept.contains_key("sw.js") && !worker.contains("_HERE"), "{worker}");
    // Another content gives another release.
    site.write("a/one/index.html", "changed");
    assert_ne!(kept, kept_files());
    let script = site.named("offline-", ".js");
    assert!(site.read("b/four/index.html").contains(&format!("<script src=\"../../{script}\" defer>")));
    assert_eq!(size_of_png(&site.0.join("icon-512.png")), (512, 512));
    // What is counted as kept isn't counted as part of a visit.
    let report = weigh(&site.0).unwrap();
    assert!(report.pages.iter().all(|page| page.files.iter().all(|file| file.path != "sw.js")));
    assert!(report.kept > report.pages.iter().map(|page| page.gzip).max().unwrap());
}

#[test]
fn lessons_that_would_be_too_much_are_kept_when_they_are_visited() {
    let site = Staged::new("late", "/");
    site.finish("/", true).unwrap();
    site.write("map/index.html", "<a href=\"../b/four/\">Four</a><a href=\"../a/one/\">One</a>");
    let all = Kept::of(&site.0, 6_000_000).unwrap();
    assert!(all.with_page.is_empty() && all.unasked().eq(all.files.keys()));
    let none = Kept::of(&site.0, 0).unwrap();
    let (one, four) = (&none.with_page["a/one/index.html"], &none.with_page["b/four/index.html"]);
    assert!(one.contains(&"a/one/index.html".to_owned()) && one.contains(&site.named("worker-q-", ".wasm")));
    assert!(none.unasked().all(|file| !one.contains(file) && !four.contains(file)));
    assert!(none.unasked().any(|file| file == "index.html") && none.unasked().any(|file| file == "404.html"));
    // The map's first lesson fits, the other doesn't; nor is what both need kept twice.
    let most = all.unasked_bytes - 1;
    let some = Kept::of(&site.0, most).unwrap();
    assert_eq!(some.with_page.keys().collect::<Vec<_>>(), ["a/one/index.html"]);
    assert!(some.unasked_bytes <= most && some.with_page["a/one/index.html"].len() < one.len());
}

#[test]
fn while_one_works_on_the_site_nothing_is_kept() {
    let site = Staged::new("not-kept", "/");
    site.finish("/", false).unwrap();
    assert!(site.read("sw.js").contains("unregister"));
    assert!(!site.read("index.html").contains("offline-"));
}

#[test]
fn with_its_address_known_a_site_has_a_sitemap_and_cards() {
    let mut site = Staged::new("shared", "./");
    let html = site.read("a/one/index.html").replace("<body>", "<body><h1>One &amp; only</h1>");
    site.write(
        "a/one/index.html",
        &html.replace("<head>", "<head><title>One</title><meta name=\"description\" content=\"It.\">"),
    );
    site.write(
        "a/one/card.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 5\"><text>→</text></svg>",
    );
    let unlisted =
        site.read("b/four/index.html").replace("<head>", "<head><meta name=\"robots\" content=\"noindex\">");
    site.write("b/four/index.html", &unlisted);
    let font = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/fonts/source-serif-4-latin.woff2");
    fs::copy(font, site.0.join("fonts/source-serif-4-latin.woff2")).unwrap();
    site.1 = Some(SiteUrl::parse("https://example.org/sub").unwrap());
    site.finish("./", true).unwrap();
    let map = site.read("sitemap.xml");
    assert!(
        map.contains("<loc>https://example.org/sub/</loc>")
            && map.contains("<loc>https://example.org/sub/a/one/</loc>")
    );
    assert!(!map.contains("404") && !map.contains("four"), "{map}");
    let lesson = site.read("a/one/index.html");
    for tag in [
        "<link rel=\"canonical\" href=\"https://example.org/sub/a/one/\">",
        "<meta property=\"og:title\" content=\"One\">",
        "<meta property=\"og:description\" content=\"It.\">",
        "<meta property=\"og:image\" content=\"https://example.org/sub/a/one/card.png\">",
    ] {
        assert!(lesson.contains(tag), "{tag}: {lesson}");
    }
    assert!(site.read("index.html").contains("content=\"https://example.org/sub/card.png\""));
    for card in ["card.png", "a/one/card.png"] {
        assert_eq!(size_of_png(&site.0.join(card)), (1200, 630));
    }
    assert!(!Kept::of(&site.0, 6_000_000).unwrap().files.keys().any(|file| file.ends_with("card.png")));
    // Without its address there is none of it.
    let plain = Staged::new("not-shared", "./");
    plain.finish("./", true).unwrap();
    assert!(!plain.0.join("sitemap.xml").exists() && !plain.read("index.html").contains("og:"));
}
