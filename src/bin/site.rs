//! Makes the site: trunk's last step (`site`, with trunk's environment; where `WITH_GALLERY` is set,
//! with the gallery; where `SITE_URL` is, with a sitemap and cards), and the size report (`site weigh DIST JSON`).

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::{env, fs};

use playground::site::cache::Cache;
use playground::site::finish::{FinishOptions, by_esbuild, finish};
use playground::site::gallery;
use playground::site::render::render;
use playground::site::share::SiteUrl;
use playground::site::weigh::weigh;
use playground::site::workers::{ALL, Workers};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => make(),
        ["weigh", dist, json] => report(Path::new(dist), Path::new(json)),
        _ => Err("usage: site (as trunk's post_build hook), or site weigh DIST JSON".to_owned()),
    };
    if let Err(problem) = done {
        eprintln!("error: {problem}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn make() -> Result<(), String> {
    let said = |name: &str| {
        env::var(name).map_err(|_| format!("{name} is not set: trunk runs this, see Trunk.toml"))
    };
    let source = PathBuf::from(said("TRUNK_SOURCE_DIR")?);
    let out = PathBuf::from(said("TRUNK_STAGING_DIR")?);
    let all_in_one = out.join(format!("worker-{ALL}.js")).is_file();
    let release = said("TRUNK_PROFILE")? == "release";
    let options = FinishOptions {
        out,
        public_url: said("TRUNK_PUBLIC_URL")?,
        release,
        minify: if release { by_esbuild } else { |text, _| Ok(text.to_owned()) },
        site_url: site_url()?,
        workers: if all_in_one { Workers::all_in_one() } else { Workers::load(&source)? },
    };
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| source.join("target"), PathBuf::from);
    let cache = Rc::new(Cache::open(target.join("site-cache"), &source)?);
    if env::var_os("WITH_GALLERY").is_some() {
        gallery::write(&source.join("lessons"), &options.out)?;
    }
    render(&source.join("lessons"), &options.out, options.release, &cache)?;
    finish(&options)
}

/// Where the site will lie, if the one who builds it says so.
fn site_url() -> Result<Option<SiteUrl>, String> {
    let said = env::var("SITE_URL").ok().filter(|said| !said.is_empty());
    said.map(|said| SiteUrl::parse(&said)).transpose()
}

fn report(dist: &Path, json: &Path) -> Result<(), String> {
    let report = weigh(dist)?;
    println!("{report}");
    let text = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
    fs::write(json, text).map_err(|e| format!("{}: {e}", json.display()))?;
    let heavy = report.heavy();
    if !heavy.is_empty() {
        return Err(format!("over the bar: {}", heavy.join(", ")));
    }
    Ok(())
}
