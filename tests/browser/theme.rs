//! Light or dark: as the system, until the learner says otherwise; the choice is kept.

use crate::harness::{Browser, Setup, Theme};

const SWITCH: &str = "document.querySelector('[data-theme-switch]')";
/// What the learner may choose, as the switch says it; one press leads to the next.
const CHOICES: [(&str, &str); 3] = [("as the system", "auto"), ("light", "light"), ("dark", "dark")];

/// The colour scheme of a choice.
fn scheme(choice: usize, setup: Setup) -> &'static str {
    match (choice, setup.theme) {
        (0, Theme::Light) | (1, _) => "light",
        _ => "dark",
    }
}

/// What is wrong with the switch and the page's colours, when this is chosen.
pub async fn wrong(browser: &Browser, setup: Setup, choice: usize) -> Option<String> {
    let (words, name) = CHOICES[choice];
    let says = format!("Light or dark: {words}");
    let wanted = (false, says.clone(), says, name.to_owned(), scheme(choice, setup).to_owned());
    let told = format!(
        "const b = {SWITCH}; return [b.hidden, b.ariaLabel, b.title, b.dataset.choice, getComputedStyle(document.documentElement).colorScheme]"
    );
    let seen: (bool, String, String, String, String) = browser.run(&told).await;
    (seen != wanted).then(|| format!("the switch and the colours are {seen:?}, not {wanted:?}"))
}

/// Presses the switch; what is wrong afterwards.
async fn pressed(browser: &Browser, setup: Setup, then: usize) -> Vec<String> {
    let press = format!(
        "let heard = 0; document.addEventListener('themechange', () => heard++, {{ once: true }}); {SWITCH}.click(); return heard"
    );
    let heard: u32 = browser.run(&press).await;
    let mut wrong: Vec<String> = wrong(browser, setup, then).await.into_iter().collect();
    wrong.extend((heard != 1).then(|| "pictures don't hear of another choice".to_owned()));
    wrong
}

/// What is wrong while the switch of the page at `address`, which is open, goes once round; half-way the page is opened
/// again.
pub async fn wrong_in_a_round(browser: &Browser, setup: Setup, address: &str) -> Vec<String> {
    let mut all = pressed(browser, setup, 1).await;
    all.extend(pressed(browser, setup, 2).await);
    browser.goto(address).await;
    all.extend(wrong(browser, setup, 2).await.map(|wrong| format!("opened again: {wrong}")));
    all.extend(pressed(browser, setup, 0).await);
    all
}
