//! What Lighthouse says of some pages, as they come to a phone.

use super::super::server;
use crate::harness::dist;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// The front page, the map and three lessons.
const PAGES: [&str; 5] = [
    "",
    "map/",
    "architecture/load-balancing/",
    "faults/cache-failures/",
    "software-design/critical-sections/",
];
/// Categories, and what each page should have at least.
const BARS: [(&str, f64); 4] =
    [("performance", 90.0), ("accessibility", 100.0), ("best-practices", 100.0), ("seo", 100.0)];

/// Lighthouse as a phone sees it, which is what it does by itself; without the checks that fail on any page without a network
/// or a certificate.
fn audit(address: &str) -> Result<Value, String> {
    let program = std::env::var_os("LIGHTHOUSE").map(PathBuf::from);
    let program = program.expect("LIGHTHOUSE, its program, is set by './dev bench'");
    let flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking";
    let run = Command::new("node")
        .arg(program)
        .args([
            address,
            "--output=json",
            "--quiet",
            flags,
            "--only-categories=performance,accessibility,best-practices,seo",
        ])
        .output()
        .map_err(|error| format!("node: {error}"))?;
    serde_json::from_slice(&run.stdout).map_err(|_| String::from_utf8_lossy(&run.stderr).into_owned())
}

pub fn what_lighthouse_says_of_a_phone() {
    let home = server::serve_packed(dist(), "/");
    for page in PAGES {
        match audit(&format!("{home}{page}")) {
            Err(why) => println!("/{page}: Lighthouse could not be run: {why}"),
            Ok(found) => {
                let score = |id: &str| {
                    found["categories"][id]["score"].as_f64().map_or(f64::NAN, |score| 100.0 * score)
                };
                let scores = BARS.map(|(id, bar)| format!("{id} {:.0} (bar {bar:.0})", score(id)));
                println!("/{page}: {}", scores.join(", "));
                for (id, audit) in found["audits"].as_object().into_iter().flatten() {
                    // What is measured in milliseconds says its number; the others have passed or not.
                    let failed = audit["score"].as_f64().is_some_and(|score| score < 0.9);
                    if failed && matches!(audit["scoreDisplayMode"].as_str(), Some("binary" | "numeric")) {
                        println!("    {id}: {}", audit["displayValue"].as_str().unwrap_or("not passed"));
                    }
                }
            }
        }
    }
}
