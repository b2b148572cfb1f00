//! Layers point down: what each folder of `src` and `src/engine` may use of the others, and of the browser.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder, the folders that it may use, and the crates of the browser that it may use.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    ("sim", &[], &[]),
    ("mechanism", &["sim"], &[]),
    ("scene", &["sim"], &[]),
    ("player", &["sim", "mechanism", "scene"], &[]),
    ("parts", &["sim", "mechanism", "scene", "player"], &[]),
    ("lessons", &["sim", "mechanism", "scene", "player", "parts"], &[]),
    ("course", &["sim", "scene", "player"], &[]),
    ("oracle", &["sim", "mechanism"], &[]),
    ("learner", &["sim"], &[]),
    ("search", &["sim"], &[]),
    ("desk", &["sim", "scene", "player", "learner"], &[]),
    ("site", &["sim", "scene", "player", "parts", "course", "lessons", "desk", "learner", "search"], &[]),
    ("lab", &["sim", "scene", "player", "course", "lessons", "oracle", "parts", "site"], &[]),
    ("paint", &["sim", "scene"], PLATFORM),
    ("worker", &["sim", "scene", "player", "desk", "paint"], PLATFORM),
    // Of `scene` only the roles of colours; the run and its figure only as the desk's protocol has them.
    ("page", &["scene", "desk", "learner"], THE_BROWSER),
    ("store", &["sim", "learner"], THE_BROWSER),
    ("learn", &["sim", "learner", "page", "search"], LEARN),
];

const PLATFORM: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "console_error_panic_hook"];
const THE_BROWSER: &[&str] =
    &["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "console_error_panic_hook", "gloo_timers"];
/// The learner's side; nothing else may use the framework, which would carry a second time what a desk does.
const LEARN: &[&str] = &[
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "console_error_panic_hook",
    "leptos",
    "plotters_canvas",
];
const FRAMEWORK: &[&str] = &["leptos", "plotters_canvas"];

/// Macros stand at the crate's root wherever they are written, and there is what tests pick.
const AT_THE_ROOT: &[&str] =
    &["choices", "controls", "kinds", "losses", "message_id", "messages", "pick", "readings", "steps"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The source without comments and without what stands in quotes.
fn code(source: &str) -> String {
    let mut code = String::new();
    for line in source.lines() {
        let parts: Vec<&str> = line.split("//").next().unwrap().split('"').collect();
        code.extend(parts.iter().step_by(2).copied());
        code.push('\n');
    }
    code
}

/// The first names of all paths that begin with `prefix`, also of `prefix{a, b::c}`.
fn paths(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let name = |text: &str| -> String {
        text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    for after in code.split(prefix).skip(1) {
        if let Some(group) = after.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (at, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && !c.is_whitespace() => {
                        names.insert(name(&group[at..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            names.insert(name(after));
        }
    }
    names
}

/// What a source of a layer uses and must not.
fn trespasses(layer: &str, source: &str) -> Vec<String> {
    let (_, below, browser) = LAYERS.iter().find(|(name, ..)| *name == layer).expect("a layer of the table");
    let code = code(source);
    let mut wrong = Vec::new();
    // The lessons' crate has the engine's layers at its own root, too.
    let mut named = paths(&code, "crate::");
    named.extend(paths(&code, "use engine::"));
    for used in named.iter().filter(|used| !AT_THE_ROOT.contains(&used.as_str())) {
        if used != layer && !below.contains(&used.as_str()) {
            wrong.push(format!("crate::{used}"));
        }
    }
    for outside in THE_BROWSER.iter().chain(FRAMEWORK) {
        let named = code.contains(&format!("{outside}::")) || code.contains(&format!("use {outside};"));
        if named && !browser.contains(outside) {
            wrong.push((*outside).to_owned());
        }
    }
    wrong
}

#[test]
fn layers_point_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let entries = [&root, &root.join("engine")].map(|folder| fs::read_dir(folder).unwrap());
    for entry in entries.into_iter().flatten() {
        let folder = entry.unwrap().path();
        let layer = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if !folder.is_dir() || layer == "bin" || layer == "engine" {
            continue;
        }
        assert!(
            LAYERS.iter().any(|(name, ..)| *name == layer),
            "src/{layer} has no row in the table of layers"
        );
        for file in files(&folder) {
            let used = trespasses(&layer, &fs::read_to_string(&file).unwrap());
            let shown = file.strip_prefix(&root).unwrap().display().to_string();
            wrong.extend(used.into_iter().map(|used| format!("src/{shown} must not use {used}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_layer_is_below_itself() {
    for (place, (layer, below, _)) in LAYERS.iter().enumerate() {
        let known: Vec<&str> = LAYERS[..place].iter().map(|(name, ..)| *name).collect();
        assert!(
            below.iter().all(|name| known.contains(name)),
            "{layer} may only use what stands above it here"
        );
    }
}

#[test]
fn lessons_do_not_know_one_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lessons");
    for file in files(&root) {
        let path = file.strip_prefix(&root).unwrap();
        let own: Vec<&str> = path.iter().filter_map(|part| part.to_str()).take(2).collect();
        let [chapter, lesson] = own[..] else { continue };
        let own = format!("crate::lessons::{chapter}::{lesson}");
        let code = code(&fs::read_to_string(&file).unwrap());
        let known = [own.as_str(), "crate::lessons::prelude"];
        let is_known = |at: usize| known.iter().any(|path| code[at..].starts_with(path));
        let others = code.match_indices("crate::lessons").filter(|(at, _)| !is_known(*at));
        assert_eq!(others.count(), 0, "src/lessons/{} uses another lesson", path.display());
        // Two levels up from a lesson's own file is its chapter.
        let depth = path.components().count() - 2;
        let up = "super::".repeat(depth + 2);
        assert!(!code.contains(&up), "src/lessons/{} reaches out of its lesson", path.display());
    }
}

#[test]
fn a_trespass_is_seen() {
    for (layer, source, wrong) in [
        ("sim", "use crate::player::Run;", "crate::player"),
        ("scene", "use crate::{\n    sim::{Time, Unit},\n    lessons,\n};", "crate::lessons"),
        ("player", "fn f() -> web_sys::Window {", "web_sys"),
        ("desk", "fn f() -> web_sys::Window {", "web_sys"),
        ("worker", "use gloo_timers::callback::Timeout;", "gloo_timers"),
        ("page", "use leptos::prelude::*;", "leptos"),
        ("page", "use crate::player::Run;", "crate::player"),
        ("lessons", "use engine::desk::Desk;", "crate::desk"),
        ("page", "use crate::lessons::architecture;", "crate::lessons"),
    ] {
        assert_eq!(trespasses(layer, source), [wrong]);
    }
    assert!(trespasses("sim", "// crate::player and web_sys::Window\nlet a = \"crate::lab\";").is_empty());
    assert!(trespasses("lessons", "use crate::{choices, controls};\nuse crate::sim::Time;").is_empty());
}
