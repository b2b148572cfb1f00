//! Which worker binary holds which figures: one table, `[package.metadata.workers]` in `Cargo.toml`.
//!
//! From it come the binaries `src/bin/worker-NAME.rs` and trunk's lines for them in `index.html`; [`write`] makes both,
//! [`stale`] says which of them are out of step. While one develops there is a single worker with all figures instead,
//! [`ALL`]: its binary is written by hand, and `./dev` puts its line in place of the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

const BEGIN: &str =
    "<!-- workers: written by `lab generate` from [package.metadata.workers] in Cargo.toml -->\n";
const END: &str = "<!-- /workers -->";

/// The table: worker's name → its sets of figures, each the path of a lesson (`architecture/load-balancing`), with the set's
/// name behind it where it isn't the lesson's first (`architecture/load-balancing/further`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workers(BTreeMap<String, Vec<String>>);

/// The worker with all figures, for development.
pub const ALL: &str = "all";

/// What wasm-opt is told beyond its level: nothing of ours lies in the first kilobyte, and what isn't small and is inlined
/// into its only caller compresses worse. A second round finds what the first has left.
const WASM_OPT: &str = "--low-memory-unused --one-caller-inline-max-function-size=16 -Oz --strip-producers --strip-target-features";

impl Workers {
    /// The table of a build for development: one worker with every set that is registered.
    pub fn all_in_one() -> Self {
        let sets = crate::lessons::SETS.iter().map(|(set, _)| (*set).to_owned());
        Self(BTreeMap::from([(ALL.to_owned(), sets.collect())]))
    }

    /// Reads the table from the text of `Cargo.toml`. `Err` says what is wrong with it: names are lower-case words joined
    /// by hyphens, every worker has a set of figures, and no set stands in two workers.
    pub fn parse(manifest: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Manifest {
            package: Package,
        }
        #[derive(Deserialize)]
        struct Package {
            metadata: Metadata,
        }
        #[derive(Deserialize)]
        struct Metadata {
            workers: BTreeMap<String, Vec<String>>,
        }
        let manifest: Manifest =
            toml::from_str(manifest).map_err(|e| format!("Cargo.toml, [package.metadata.workers]: {e}"))?;
        let table = manifest.package.metadata.workers;
        let mut home: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, sets) in &table {
            if !is_slug(name) {
                return Err(format!("worker '{name}': a name is lower-case words joined by hyphens"));
            }
            if name == ALL {
                return Err(format!("a worker can't be called '{ALL}': that is the one with all figures"));
            }
            if sets.is_empty() {
                return Err(format!("worker '{name}' has no figures; give it some or delete its line"));
            }
            for set in sets {
                let parts: Vec<&str> = set.split('/').collect();
                if !(matches!(parts.len(), 2 | 3) && parts.iter().all(|part| is_slug(part))) {
                    return Err(format!(
                        "worker '{name}': '{set}' is neither a lesson nor a set of one; write chapter/slug or chapter/slug/set"
                    ));
                }
                if let Some(other) = home.insert(set, name) {
                    return Err(format!("'{set}' is in workers '{other}' and '{name}'; one is enough"));
                }
            }
        }
        Ok(Self(table))
    }

    /// Reads the table of the package in the folder `root`.
    pub fn load(root: &Path) -> Result<Self, String> {
        Self::parse(&read(&root.join("Cargo.toml"))?)
    }

    /// The names of all workers, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The worker that holds a set of figures, if one does.
    pub fn of(&self, set: &str) -> Option<&str> {
        self.0.iter().find(|(_, sets)| sets.iter().any(|held| held == set)).map(|(name, _)| name.as_str())
    }

    /// The sets that a worker holds; none if there is no such worker.
    pub fn sets(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The source of a worker's binary.
    fn binary(name: &str, sets: &[String]) -> String {
        let figures: Vec<String> = sets
            .iter()
            .map(|l| format!("playground::lessons::{}::FIGURES", l.replace('/', "::").replace('-', "_")))
            .collect();
        // Formatted as rustfmt does.
        let mut call = format!("    playground::worker::start(&[{}]);", figures.join(", "));
        if call.len() > 110 {
            call = format!(
                "    playground::worker::start(&[\n        {},\n    ]);",
                figures.join(",\n        ")
            );
        }
        format!(
            "//! The worker `{name}`; written by `lab generate` from `[package.metadata.workers]` in Cargo.toml.\n\n\
             fn main() {{\n    #[cfg(target_arch = \"wasm32\")]\n{call}\n}}\n"
        )
    }

    /// What the generated files should hold: each path, relative to the package, and its text.
    fn files(&self, root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
        let mut files: Vec<(PathBuf, String)> = self
            .0
            .iter()
            .map(|(name, sets)| {
                (PathBuf::from(format!("src/bin/worker-{name}.rs")), Self::binary(name, sets))
            })
            .collect();
        let index = read(&root.join("index.html"))?;
        let marked = index.split_once(BEGIN).and_then(|(head, rest)| {
            let (_, tail) = rest.split_once(END)?;
            Some((head, tail))
        });
        let (head, tail) = marked.ok_or_else(|| {
            format!("index.html has no place for the workers; it needs these two lines:\n{BEGIN}{END}")
        })?;
        let lines: Vec<String> = self
            .names()
            .map(|name| {
                format!(
                    "<link data-trunk rel=\"rust\" data-type=\"worker\" data-bin=\"worker-{name}\" \
                     data-cargo-profile-release=\"wasm\" data-wasm-opt=\"z\" \
                     data-wasm-opt-params=\"{WASM_OPT}\">\n"
                )
            })
            .collect();
        files.push((PathBuf::from("index.html"), format!("{head}{BEGIN}{}{END}{tail}", lines.concat())));
        Ok(files)
    }
}

/// Writes the workers' binaries and trunk's lines for them, and deletes binaries of workers that are no longer in the
/// table. Returns the paths that changed.
pub fn write(root: &Path) -> Result<Vec<PathBuf>, String> {
    let changes = stale(root)?;
    let wanted = Workers::load(root)?.files(root)?;
    for path in &changes {
        let at = root.join(path);
        match wanted.iter().find(|(p, _)| p == path) {
            Some((_, text)) => fs::write(&at, text),
            None => fs::remove_file(&at),
        }
        .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(changes)
}

/// The generated files that are missing, differ from the table, or belong to no worker any more; none when all is well.
pub fn stale(root: &Path) -> Result<Vec<PathBuf>, String> {
    let wanted = Workers::load(root)?.files(root)?;
    let mut stale: Vec<PathBuf> = wanted
        .iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path.clone())
        .collect();
    let bin = Path::new("src/bin");
    let left_over = |e: io::Result<fs::DirEntry>| {
        let name = e.ok()?.file_name().into_string().ok()?;
        let path = bin.join(&name);
        let by_hand = name == format!("worker-{ALL}.rs");
        let generated = name.starts_with("worker-") && !by_hand;
        (generated && wanted.iter().all(|(p, _)| *p != path)).then_some(path)
    };
    let entries = fs::read_dir(root.join(bin)).map_err(|e| format!("src/bin: {e}"))?;
    stale.extend(entries.filter_map(left_over));
    stale.sort();
    Ok(stale)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lines: &str) -> Result<Workers, String> {
        Workers::parse(&format!("[package]\nname = \"x\"\n[package.metadata.workers]\n{lines}"))
    }

    #[test]
    fn generated_files_are_in_step_with_the_table() {
        let stale = stale(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(stale.is_empty(), "run `lab generate`: out of step are {stale:?}");
    }

    #[test]
    fn a_table_that_cannot_be_built_is_refused_with_its_reason() {
        for (lines, reason) in [
            ("a = []", "no figures"),
            ("all = [\"x/y\"]", "can't be called 'all'"),
            ("A = [\"x/y\"]", "lower-case"),
            ("a = [\"../y\"]", "chapter/slug"),
            ("a = [\"x/y/z/w\"]", "chapter/slug/set"),
            ("a = [\"x/y\"]\nb = [\"x/y\"]", "'a' and 'b'"),
        ] {
            let error = table(lines).unwrap_err();
            assert!(error.contains(reason), "{lines}: {error}");
        }
    }

    #[test]
    fn writing_makes_what_is_missing_and_removes_what_is_left_over() {
        let root = std::env::temp_dir().join(format!("workers-{}", std::process::id()));
        fs::create_dir_all(root.join("src/bin")).unwrap();
        fs::write(root.join("Cargo.toml"), "[package]\n[package.metadata.workers]\nq = [\"x/y-z\"]\n")
            .unwrap();
        fs::write(root.join("index.html"), format!("<a>{BEGIN}old{END}</a>")).unwrap();
        fs::write(root.join("src/bin/worker-old.rs"), "").unwrap();
        let changed = write(&root).unwrap();
        let names: Vec<_> = changed.iter().map(|p| p.to_str().unwrap()).collect();
        assert_eq!(names, ["index.html", "src/bin/worker-old.rs", "src/bin/worker-q.rs"]);
        assert!(
            read(&root.join("src/bin/worker-q.rs")).unwrap().contains("playground::lessons::x::y_z::FIGURES")
        );
        assert!(read(&root.join("index.html")).unwrap().contains("data-bin=\"worker-q\""));
        assert_eq!(stale(&root).unwrap(), Vec::<PathBuf>::new());
        fs::remove_dir_all(&root).unwrap();
    }
}
