//! Pictures of points, for those who take no SVG: a device's home screen, a social network.

use resvg::usvg::{Options, Tree};
use resvg::{tiny_skia, usvg};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The site's font, in a web page's format.
const FONT: &str = "fonts/source-serif-4-latin.woff2";

/// Makes PNGs of SVGs.
pub(super) struct Rasteriser(Options<'static>);

impl Rasteriser {
    /// Writes with the font of the site in this folder; for letters that it lacks, with the system's.
    pub(super) fn new(out: &Path) -> Result<Self, String> {
        let wrong = |why: String| format!("{FONT}: {why}");
        let packed = fs::read(out.join(FONT)).map_err(|error| wrong(error.to_string()))?;
        let font = wuff::decompress_woff2(&packed).map_err(|error| wrong(format!("{error:?}")))?;
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_system_fonts();
        fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(font)));
        let family = fonts.faces().last().map(|face| face.families[0].0.clone()).unwrap_or_default();
        fonts.set_serif_family(&family);
        fonts.set_sans_serif_family(&family);
        Ok(Self(Options { font_family: family, fontdb: Arc::new(fonts), ..Options::default() }))
    }

    /// Without text, and so without fonts.
    pub(super) fn of_shapes() -> Self {
        Self(Options::default())
    }

    /// A picture of so many points, which is as wide as it is high relative to the SVG.
    pub(super) fn png(&self, svg: &str, width: u32) -> Result<Vec<u8>, String> {
        let tree = Tree::from_str(svg, &self.0).map_err(|error| error.to_string())?;
        let scale = width as f32 / tree.size().width();
        let height = (tree.size().height() * scale).round() as u32;
        let mut points = tiny_skia::Pixmap::new(width, height).ok_or("a picture needs a size")?;
        let fit = tiny_skia::Transform::from_scale(scale, scale);
        resvg::render(&tree, fit, &mut points.as_mut());
        points.encode_png().map_err(|error| error.to_string())
    }
}
