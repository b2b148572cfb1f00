//! Downloads: the picture as SVG or PNG, the readings as CSV.

use super::Desk;
use super::protocol::Patch;
use crate::player::{Query, Reply};
use crate::scene::{Picture, SvgOptions, svg};
use crate::sim::decimal;

/// Space between picture and charts.
const GAP: f32 = 24.0;

impl Desk {
    /// Picture and charts, one under the other.
    pub fn whole_picture(&self) -> Picture {
        let [picture, charts] = &self.state.pictures;
        let mut whole = picture.clone();
        if charts.width > 0.0 {
            whole.insert(charts.clone(), 0.0, picture.height + GAP);
        }
        whole
    }

    fn file_name(&self, end: &str) -> String {
        [self.state.spec.id.as_ref(), end].concat()
    }

    /// Offers the picture as a file.
    pub(super) fn save_picture(&mut self, way: &str) {
        if way == "png" {
            self.image_name = Some(self.file_name(".png"));
            return;
        }
        let describes: Vec<String> =
            self.state.frame.iter().flat_map(|f| &f.scene.sentences).map(|msg| self.state.say(msg)).collect();
        let still = SvgOptions {
            id: "figure",
            title: &self.state.spec.id,
            description: &describes.join(" "),
            class: "",
            standalone: true,
        };
        let text = svg(&self.whole_picture(), &still);
        self.extra_patches.push(Patch::Download { name: self.file_name(".svg"), text });
    }

    /// Offers the readings up to the moment shown as CSV, with those of the run that is compared with.
    pub(super) fn save_numbers(&mut self) {
        let until = self.state.seen.max(self.state.at);
        let Reply::Samples(samples, every) = self.ask(Query::Samples { until }) else { return };
        let compared = self.compared_samples(until);
        let mut text = String::from("seconds");
        for (prefix, there) in [("", true), ("b-", !compared.is_empty())] {
            for reading in self.state.spec.readings.iter().filter(|_| there) {
                for chunk in [",", prefix, reading.id.as_ref()] {
                    text.push_str(chunk);
                }
            }
        }
        for (n, values) in samples.iter().enumerate() {
            text.push('\n');
            text.push_str(&decimal::format(n as f64 * every.secs(), 3));
            for &value in values.iter().chain(compared.get(n).into_iter().flatten()) {
                text.push(',');
                if value.is_finite() {
                    text.push_str(&decimal::format(value.into(), 6));
                }
            }
        }
        text.push('\n');
        self.extra_patches.push(Patch::Download { name: self.file_name(".csv"), text });
    }
}
