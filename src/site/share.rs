//! What search engines and social networks read: a sitemap, each page's own address, and a card with a picture. Absolute
//! addresses are needed for it, so there is none of it where the site's address isn't known.

use super::picture::Rasteriser;
use super::{figure, tags};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::fs;
use std::path::Path;

/// The picture of a card, beside the page that it is of; at the root for all pages that have none of their own.
pub const CARD: &str = "card.png";
/// As social networks show it.
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
const MARGIN: u32 = 60;

/// Where the site will lie: `https://example.org/playground/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteUrl(String);

impl SiteUrl {
    /// Reads what `SITE_URL` says, with or without a slash at its end.
    ///
    /// # Errors
    /// If it isn't the whole address of a folder, with what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "SITE_URL is '{text}': it has to be the whole address of the site's folder, such as https://example.org/playground/"
            )
        };
        let host =
            text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(refused)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%[]".contains(c);
        if host.is_empty() || host.starts_with('/') || !host.chars().all(is_plain) {
            return Err(refused());
        }
        Ok(Self(format!("{}/", text.trim_end_matches('/'))))
    }

    /// The address of a page or file, given from the site's root.
    fn of(&self, file: &str) -> String {
        let page = file.strip_suffix("index.html").unwrap_or(file);
        format!("{self}{page}")
    }

    /// All pages, for search engines.
    pub(super) fn sitemap<'a>(&self, pages: impl Iterator<Item = &'a str>) -> String {
        let lines: Vec<String> =
            pages.map(|page| format!("<url><loc>{}</loc></url>\n", self.of(page))).collect();
        let lines = lines.concat();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{lines}</urlset>\n"
        )
    }

    /// What a page's head says of its address and of its card.
    pub(super) fn metas(&self, out: &Path, page: &str, html: &str) -> String {
        let card = [folder(page), CARD].concat();
        let card = if out.join(&card).is_file() { card.as_str() } else { CARD };
        let (title, description) = (title(html), description(html));
        let (address, image) = (self.of(page), self.of(card));
        format!(
            "\n<link rel=\"canonical\" href=\"{address}\">\n<meta property=\"og:type\" content=\"website\">\
             \n<meta property=\"og:url\" content=\"{address}\">\n<meta property=\"og:title\" content=\"{title}\">\
             \n<meta property=\"og:description\" content=\"{description}\">\n<meta property=\"og:image\" content=\"{image}\">\
             \n<meta property=\"og:image:width\" content=\"{WIDTH}\">\n<meta property=\"og:image:height\" content=\"{HEIGHT}\">\
             \n<meta name=\"twitter:card\" content=\"summary_large_image\">"
        )
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether search engines are to know a page.
pub(super) fn is_listed(html: &str) -> bool {
    !tags::attributes(html).iter().any(|a| a.tag == "meta" && a.value == "noindex")
}

/// Draws the cards of all pages that have a still beside them, and the site's own.
pub(super) fn draw_cards(out: &Path, pages: &[&str]) -> Result<(), String> {
    let rasteriser = Rasteriser::new(out)?;
    let draw = |card: &str, text: &str, still: Option<&str>| {
        let png = rasteriser.png(&card_svg(text, still), WIDTH).map_err(|why| format!("{card}: {why}"))?;
        fs::write(out.join(card), png).map_err(|error| format!("{card}: {error}"))
    };
    for page in pages {
        let still = fs::read_to_string(out.join(folder(page)).join(figure::CARD)).ok();
        let html = fs::read_to_string(out.join(page)).map_err(|error| format!("{page}: {error}"))?;
        if still.is_some() {
            draw(&[folder(page), CARD].concat(), heading(&html), still.as_deref())?;
        } else if *page == "index.html" {
            draw(CARD, "Break a backend. See why. Fix it.", None)?;
        }
    }
    Ok(())
}

/// The folder of a page, from the site's root: empty, or with a slash at its end.
fn folder(page: &str) -> &str {
    page.rsplit_once('/').map_or("", |(folder, _)| &page[..=folder.len()])
}

fn title(html: &str) -> &str {
    between(html, "<title>", "</title>")
}

fn description(html: &str) -> &str {
    let metas = tags::attributes(html);
    let it = metas.iter().find(|a| a.tag == "meta" && a.name == "name" && a.value == "description");
    it.and_then(|a| tags::value(a.whole, "content")).unwrap_or("")
}

/// The page's heading, without marks inside.
fn heading(html: &str) -> &str {
    let whole = between(html, "<h1", "</h1>");
    whole.split_once('>').map_or("", |(_, text)| text.split('<').next().unwrap_or(text))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or("", |(inside, _)| inside)
}

/// A card: a text, which is HTML without tags, above a still.
fn card_svg(text: &str, still: Option<&str>) -> String {
    let room = WIDTH - 2 * MARGIN;
    // Letters are half as wide as they are high, on average.
    let size = (2 * room / (text.chars().count() as u32).max(1)).min(if still.is_some() { 60 } else { 84 });
    let (line, picture) = match still {
        None => (HEIGHT / 2, String::new()),
        Some(still) => {
            let (top, data) = (2 * MARGIN, STANDARD.encode(still));
            let picture = format!(
                "<image x=\"{MARGIN}\" y=\"{top}\" width=\"{room}\" height=\"{}\" href=\"data:image/svg+xml;base64,{data}\"/>",
                HEIGHT - top - MARGIN
            );
            (MARGIN + size / 2, picture)
        }
    };
    let bottom = HEIGHT - MARGIN / 3;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"serif\" fill=\"#1d1c1a\">\
         <rect width=\"100%\" height=\"100%\" fill=\"#fcfbf8\"/><rect width=\"12\" height=\"100%\" fill=\"#0b6b64\"/>\
         <text x=\"{MARGIN}\" y=\"{line}\" font-size=\"{size}\" font-weight=\"600\">{text}</text>{picture}\
         <text x=\"{}\" y=\"{bottom}\" font-size=\"26\" text-anchor=\"end\" fill=\"#0b6b64\">Backend Playground</text></svg>",
        WIDTH - MARGIN
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_folder() {
        for url in ["https://example.org/playground", "https://example.org/playground/"] {
            let url = SiteUrl::parse(url).expect("an address");
            assert_eq!(url.of("index.html"), "https://example.org/playground/");
            assert_eq!(url.of("a/one/index.html"), "https://example.org/playground/a/one/");
            assert_eq!(url.of("a/one/card.png"), "https://example.org/playground/a/one/card.png");
        }
        for wrong in [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https:///x",
            "https://a/?b",
            "https://a/\"><b",
        ] {
            let why = SiteUrl::parse(wrong).expect_err(wrong);
            assert!(why.contains(wrong) && why.contains("such as https://"), "{why}");
        }
    }

    #[test]
    fn a_pages_own_words_are_found() {
        let html = "<title>A &amp; b</title><meta name=\"description\" content=\"What it is.\"><h1 id=\"x\">One<small>two</small></h1>";
        assert_eq!([title(html), description(html), heading(html)], ["A &amp; b", "What it is.", "One"]);
        assert_eq!([folder("index.html"), folder("a/one/index.html")], ["", "a/one/"]);
        assert!(is_listed(html) && !is_listed("<meta name=\"robots\" content=\"noindex\">"));
    }
}
