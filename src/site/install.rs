//! What makes the site installable: a manifest, and icons for a device's home screen.

use super::picture::Rasteriser;
use std::fs;
use std::path::Path;

/// The manifest, and the icon that Apple's devices ask for.
pub(super) const MANIFEST: &str = "manifest.webmanifest";
pub(super) const TOUCH_ICON: &str = "icon-180.png";

/// Sizes in points; those for Android and desks stand in the manifest, too.
const SIZES: [u32; 3] = [180, 192, 512];
const GROUND: &str = "#fcfbf8";
const ACCENT: &str = "#0b6b64";

/// Writes them.
pub(super) fn write(out: &Path) -> Result<(), String> {
    let rasteriser = Rasteriser::of_shapes();
    for size in SIZES {
        let file = format!("icon-{size}.png");
        let png = rasteriser.png(&icon(), size).map_err(|why| format!("{file}: {why}"))?;
        fs::write(out.join(&file), png).map_err(|error| format!("{file}: {error}"))?;
    }
    fs::write(out.join(MANIFEST), manifest()).map_err(|error| format!("{MANIFEST}: {error}"))
}

/// The sign of the house with so much room around it that a device may cut it to a circle.
fn icon() -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-8 -8 32 32\"><rect x=\"-8\" y=\"-8\" width=\"32\" height=\"32\" \
         fill=\"{ACCENT}\"/><g fill=\"{GROUND}\"><path d=\"M3.5 8 12.5 3M3.5 8l9 5\" fill=\"none\" stroke=\"{GROUND}\" \
         stroke-width=\"1.6\"/><circle cx=\"3.5\" cy=\"8\" r=\"2.6\"/><circle cx=\"12.5\" cy=\"3\" r=\"2.3\"/>\
         <circle cx=\"12.5\" cy=\"13\" r=\"2.3\"/></g></svg>"
    )
}

fn manifest() -> String {
    let icons = [192, 512].map(|size| {
        serde_json::json!({
            "src": format!("icon-{size}.png"), "sizes": format!("{size}x{size}"), "type": "image/png", "purpose": "any maskable",
        })
    });
    // Addresses are from the manifest, so that the site may lie anywhere.
    let manifest = serde_json::json!({
        "name": "Backend Playground", "start_url": "./", "display": "standalone",
        "background_color": GROUND, "theme_color": GROUND, "icons": icons,
    });
    manifest.to_string()
}
