//! A plotters backend that turns drawing calls into marks.

use super::super::builder::PictureBuilder;
use super::super::mark::{Dash, Form, Ink, Point, Rect, Role, at};
use crate::sim::clamp;
use core::convert::Infallible;
use plotters::style::{RGBColor, ShapeStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

/// plotters draws in whole pixels. It gets this many for each CSS pixel, so that lines are smooth.
pub(super) const FINE: f32 = 8.0;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// An area of the picture for plotters to draw on. Texts are not drawn through it, because we measure and place them
/// ourselves.
pub(super) struct ChartBackend<'s, 'w> {
    builder: &'s mut PictureBuilder<'w>,
    area: Rect,
}

impl<'s, 'w> ChartBackend<'s, 'w> {
    pub(super) fn new(builder: &'s mut PictureBuilder<'w>, area: Rect) -> Self {
        Self { builder, area }
    }
    fn point(&self, (x, y): BackendCoord) -> Point {
        let p = at(self.area.x + x as f32 / FINE, self.area.y + y as f32 / FINE);
        // What lies beyond the chart's range ends at its edge.
        at(clamp(p.x, self.area.x, self.area.right()), clamp(p.y, self.area.y, self.area.bottom()))
    }
}

/// A colour role and a dash pattern, encoded as a colour for plotters.
pub(super) fn colour(role: Role, dash: Dash) -> RGBColor {
    RGBColor(role as u8, u8::from(dash == Dash::Dashed), 0)
}

fn role(colour: BackendColor) -> (Role, Dash) {
    let (role, dash, _) = colour.rgb;
    let role = Role::ALL.get(usize::from(role)).copied().unwrap_or(Role::Ink);
    (role, if dash == 1 { Dash::Dashed } else { Dash::Solid })
}

/// The style of a line, its width in CSS pixels.
pub(super) fn line(role: Role, width: f32, dash: Dash) -> ShapeStyle {
    ShapeStyle { color: colour(role, dash).into(), filled: false, stroke_width: (width * FINE) as u32 }
}

fn ink<S: BackendStyle>(style: &S, fill: bool) -> Ink {
    let (role, dash) = role(style.color());
    if fill { Ink::fill(role) } else { Ink::line(role, style.stroke_width() as f32 / FINE).dash(dash) }
}

impl DrawingBackend for ChartBackend<'_, '_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        ((self.area.w * FINE) as u32, (self.area.h * FINE) as u32)
    }
    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }
    fn present(&mut self) -> Drawn {
        Ok(())
    }
    /// Nothing that a chart of ours is made of is drawn in pixels.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }
    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }
    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (a, b) = (self.point(upper_left), self.point(bottom_right));
        let rect = Rect::new(a.x.min(b.x), a.y.min(b.y), (b.x - a.x).abs(), (b.y - a.y).abs());
        self.builder.rect(None, rect, 0.0, ink(style, fill));
        Ok(())
    }
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let mut points: Vec<Point> = Vec::new();
        for coord in path {
            let point = self.point(coord);
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
        if points.len() == 1 {
            // A curve of a single point is still seen.
            let radius = style.stroke_width() as f32 / FINE;
            let centre = points[0];
            self.builder.mark(None, Form::Circle(centre, radius.min(2.0)), ink(style, true));
        } else if !points.is_empty() {
            self.builder.mark(None, Form::Path(points), ink(style, false));
        }
        Ok(())
    }
    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let centre = self.point(centre);
        self.builder.mark(None, Form::Circle(centre, radius as f32 / FINE), ink(style, fill));
        Ok(())
    }
    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points = path.into_iter().map(|coord| self.point(coord)).collect();
        self.builder.mark(None, Form::Area(points), ink(style, true));
        Ok(())
    }
}
