//! The site without a network: the service worker with its list of files, and the page's script that registers it.

use super::finish::{files, is_page, resolve};
use super::tags;
use super::weigh::{loads, weight};
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
const FIRST: [&str; 2] = ["index.html", MAP];
const MAP: &str = "map/index.html";
/// What no page needs: only search engines, social networks and readers of the repository do.
const LEFT_OUT: [&str; 5] = ["sw.js", "sitemap.xml", "readme.png", "fonts/OFL.txt", "gallery/index.html"];

/// What a service worker keeps of a finished site.
pub struct Kept {
    /// Every file that may be kept: its path, and the first eight bytes of its SHA-256 in hexadecimal.
    pub files: BTreeMap<String, String>,
    /// What is kept only with a lesson that is visited, by the lesson's page: the page itself, and what it alone needs.
    pub with_page: BTreeMap<String, Vec<String>>,
    /// Bytes, gzipped, of all the rest, which is kept without being asked for.
    pub unasked_bytes: usize,
}

impl Kept {
    /// Parts a finished site: everything that isn't a lesson's is kept without being asked for, and so are as many lessons,
    /// in the order of the map, as fit into so many bytes, gzipped.
    pub fn of(out: &Path, most: usize) -> Result<Self, String> {
        let files = files_with_hash(out)?;
        let all: BTreeSet<String> = files.keys().cloned().collect();
        let weigh = |file: &String| weight(&out.join(file)).map(|(_, gzip)| gzip);
        let needs = |page: &str| -> Result<Vec<String>, String> {
            Ok(loads(out, page, &all, usize::MAX)?.into_iter().map(|(file, _)| file).collect())
        };
        let lessons = lessons(out, &all)?;
        let mut of_lessons = BTreeMap::new();
        for page in &lessons {
            of_lessons.insert(page, needs(page)?);
        }
        let mut unasked = all.clone();
        for file in of_lessons.values().flatten() {
            unasked.remove(file);
        }
        // The page for what isn't there has links from the host's root, and needs nothing that others don't.
        let others = |page: &&String| is_page(page) && !lessons.contains(page) && *page != "404.html";
        for page in all.iter().filter(others) {
            unasked.extend(needs(page)?);
        }
        let mut unasked_bytes = unasked.iter().map(weigh).sum::<Result<usize, String>>()?;
        let mut with_page = BTreeMap::new();
        for page in &lessons {
            let own: Vec<String> =
                of_lessons[page].iter().filter(|file| !unasked.contains(*file)).cloned().collect();
            let bytes = own.iter().map(weigh).sum::<Result<usize, String>>()?;
            if unasked_bytes + bytes <= most {
                unasked_bytes += bytes;
                unasked.extend(own);
            } else {
                with_page.insert(page.clone(), own);
            }
        }
        // What a later lesson has kept anyhow needn't be asked for.
        for own in with_page.values_mut() {
            own.retain(|file| !unasked.contains(file));
        }
        Ok(Self { files, with_page, unasked_bytes })
    }

    /// What is kept without being asked for.
    pub fn unasked(&self) -> impl Iterator<Item = &String> {
        let late: BTreeSet<&String> = self.with_page.values().flatten().collect();
        self.files.keys().filter(move |file| !late.contains(file))
    }
}

/// The lessons' pages, which lie two folders deep, in the order in which the map names them.
fn lessons(out: &Path, all: &BTreeSet<String>) -> Result<Vec<String>, String> {
    let map = out.join(MAP);
    let html = if map.exists() {
        fs::read_to_string(&map).map_err(|e| format!("{MAP}: {e}"))?
    } else {
        String::new()
    };
    let named: Vec<String> = tags::attributes(&html)
        .into_iter()
        .filter(|it| it.tag == "a" && it.name == "href")
        .filter_map(|it| resolve(MAP, &format!("{}index.html", it.value)))
        .collect();
    let mut lessons: Vec<String> =
        all.iter().filter(|file| is_page(file) && file.split('/').count() == 3).cloned().collect();
    lessons.sort_by_key(|page| named.iter().position(|it| it == page).unwrap_or(usize::MAX));
    Ok(lessons)
}

fn files_with_hash(out: &Path) -> Result<BTreeMap<String, String>, String> {
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

/// The service worker for a finished site, which keeps so many bytes, gzipped, without being asked.
pub fn worker(out: &Path, most: usize) -> Result<String, String> {
    let kept = Kept::of(out, most)?;
    let all: BTreeSet<String> = kept.files.keys().cloned().collect();
    let mut first = BTreeSet::new();
    for page in FIRST.iter().filter(|page| all.contains(**page)) {
        first.extend(loads(out, page, &all, 1)?.into_iter().map(|(file, _)| file));
    }
    let list = json(&kept.files)?;
    Ok(include_str!("worker.js")
        .replace("RELEASE_HERE", &super::finish::hash(list.as_bytes()))
        .replace("FILES_HERE", &list)
        .replace("FIRST_HERE", &json(&first)?)
        .replace("WITH_PAGE_HERE", &json(&kept.with_page)?))
}

fn json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| format!("{WORKER}: {error}"))
}
