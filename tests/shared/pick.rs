//! What a run of the tests picks where trying everything would take too long: which figures, which pages, which seeds.
//!
//! The choice follows from one number, and that from the tree of the commit: one commit always tests the same, and the
//! next one something else, so that in the course of a few everything has its turn. `TEST_PICK` names another commit's
//! number, to test what that tested; `TEST_ALL=1` leaves nothing out.

use std::process::Command;
use std::sync::OnceLock;

/// Where there is neither a commit nor a wish.
const DEFAULT: &str = "2026112800000000";
/// As many hex digits of a tree's name as the number holds.
const DIGITS: usize = 16;

/// The number that everything picked follows from.
///
/// # Panics
/// If `TEST_PICK` is no hex number.
pub fn seed() -> u64 {
    u64::from_str_radix(name(), 16).expect("it is made of hex digits")
}

/// The same as it is printed, and as `TEST_PICK` takes it.
///
/// # Panics
/// If `TEST_PICK` is no hex number.
pub fn name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let wish = std::env::var("TEST_PICK").ok().filter(|wish| !wish.is_empty());
        let name = wish.or_else(tree).unwrap_or_else(|| DEFAULT.to_owned());
        let hex = name.chars().all(|digit| digit.is_ascii_hexdigit());
        assert!(hex, "TEST_PICK is '{name}': hex digits are allowed, as in '{DEFAULT}'");
        name.chars().take(DIGITS).collect()
    })
}

/// The name of the commit's tree; `None` outside git.
fn tree() -> Option<String> {
    let git = Command::new("git")
        .args(["rev-parse", "HEAD^{tree}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let name = String::from_utf8(git.stdout).ok()?.trim().to_owned();
    (git.status.success() && !name.is_empty()).then_some(name)
}

/// Whether nothing is to be left out.
pub fn all() -> bool {
    std::env::var_os("TEST_ALL").is_some_and(|value| value == "1")
}

/// Every `part`-th of a list, at least one, from a place that the pick chooses; the whole list where nothing is left out.
pub fn share<T>(list: Vec<T>, part: usize) -> Vec<T> {
    if all() { list } else { share_from(list, part, seed()) }
}

/// [`share`] with a number of one's own.
pub fn share_from<T>(list: Vec<T>, part: usize, seed: u64) -> Vec<T> {
    let part = part.min(list.len()).max(1);
    let first = (seed % part as u64) as usize;
    list.into_iter().skip(first).step_by(part).collect()
}
