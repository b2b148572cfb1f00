//! What a run of the tests picks where it can't try everything: the same for every run of one commit, another for the
//! next. The hash of the commit's tree decides; `TEST_PICK` decides otherwise, and `TEST_ALL=1` leaves nothing out.

#![allow(dead_code)] // each binary uses a part of it

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;
use std::env;
use std::io::Write;
use std::process::Command;
use std::sync::LazyLock;
use xxhash_rust::xxh64::xxh64;

/// What decides where there is no commit to go by: in an archive of the sources, say.
const WITHOUT_A_COMMIT: &str = "0123456789ab";
/// So many digits of a tree's hash are enough to tell commits apart, and few enough to be typed.
const DIGITS: usize = 12;

/// The text that decides, told once by each binary: with it, another run tries the same.
static PICK: LazyLock<String> = LazyLock::new(|| {
    let chosen = env::var("TEST_PICK").ok().filter(|pick| !pick.is_empty());
    let pick = chosen.or_else(tree).unwrap_or_else(|| WITHOUT_A_COMMIT.to_owned());
    say(&format!("testing with --pick {pick}"));
    pick
});

/// The beginning of the hash of the commit's tree.
fn tree() -> Option<String> {
    let git = Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR"), "rev-parse", "--verify", "--quiet", "HEAD^{tree}"])
        .output()
        .ok()
        .filter(|git| git.status.success())?;
    let hash = String::from_utf8(git.stdout).ok()?;
    hash.trim().get(..DIGITS).map(str::to_owned)
}

/// Says something on a line of its own, also where the test passes.
pub fn say(line: &str) {
    // What is printed by `println!` is only shown if the test fails.
    let _ = writeln!(std::io::stderr(), "\n{line}");
}

/// The number from which everything random about `purpose` follows.
pub fn seed(purpose: &str) -> u64 {
    xxh64(purpose.as_bytes(), xxh64(PICK.as_bytes(), 0))
}

/// Of a list every `part`-th item, at least one; which ones, the pick decides. Everything with `TEST_ALL=1`.
pub fn share<T>(list: Vec<T>, part: usize) -> Vec<T> {
    if all() { list } else { share_from(list, part, seed("share")) }
}

/// [`share`] with a number of one's own.
pub fn share_from<T>(list: Vec<T>, part: usize, number: u64) -> Vec<T> {
    let part = part.min(list.len()).max(1);
    let first = (number % part as u64) as usize;
    list.into_iter().skip(first).step_by(part).collect()
}

/// Whether nothing is to be left out.
pub fn all() -> bool {
    env::var_os("TEST_ALL").is_some_and(|value| value == "1")
}

/// So many cases of a property, the same ones for every run of one commit.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed("cases")), ..ProptestConfig::default() }
}
