//! The site without a network: the service worker with its list of files, and the page's script that registers it.

use super::finish::files;
use super::weigh::loads;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The service worker, at the site's root: it can have no hash in its name, or browsers would not see that there is a newer one.
pub const WORKER: &str = "sw.js";
/// The page's script, which finish gives a name by its content.
pub(super) const PAGE: &str = include_str!("page.js");
/// What stands in the service worker's place while one works on the site.
pub(super) const FORGET: &str = include_str!("forget.js");

/// The pages that everyone has at once.
const FIRST: [&str; 2] = ["index.html", "map/index.html"];
/// What no page needs: only search engines, social networks and readers of the repository do.
const LEFT_OUT: [&str; 5] = ["sw.js", "sitemap.xml", "readme.png", "fonts/OFL.txt", "gallery/index.html"];

/// The files of a finished site that are kept: their paths, and the first eight bytes of their SHA-256 in hexadecimal.
pub fn kept_files(out: &Path) -> Result<BTreeMap<String, String>, String> {
    let kept = files(out)?
        .into_iter()
        .filter(|file| !LEFT_OUT.contains(&file.as_str()) && !file.ends_with(super::share::CARD));
    let with_hash = |file: String| {
        let bytes = fs::read(out.join(&file)).map_err(|error| format!("{file}: {error}"))?;
        let digest = Sha256::digest(bytes);
        let start = digest.first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
        Ok((file, format!("{start:016x}")))
    };
    kept.map(with_hash).collect()
}

/// The service worker for a finished site.
pub fn worker(out: &Path) -> Result<String, String> {
    let kept = kept_files(out)?;
    let all: BTreeSet<String> = kept.keys().cloned().collect();
    let mut first = BTreeSet::new();
    for page in FIRST.iter().filter(|page| all.contains(**page)) {
        first.extend(loads(out, page, &all, 1)?.into_iter().map(|(file, _)| file));
    }
    let json = |value: Result<String, serde_json::Error>| value.map_err(|error| format!("{WORKER}: {error}"));
    let list = json(serde_json::to_string(&kept))?;
    let first = json(serde_json::to_string(&first))?;
    Ok(include_str!("worker.js")
        .replace("RELEASE_HERE", &super::finish::hash(list.as_bytes()))
        .replace("FILES_HERE", &list)
        .replace("FIRST_HERE", &first))
}
