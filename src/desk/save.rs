//! What a learner takes along: the picture as SVG or PNG, the numbers as CSV.

use super::Desk;
use super::protocol::Patch;
use crate::player::{Answer, Ask};
use crate::scene::{Picture, Still, svg};
use crate::sim::decimal;

/// Room between picture and charts.
const GAP: f32 = 24.0;

impl Desk {
    /// Picture and charts, one under the other.
    pub fn whole_picture(&self) -> Picture {
        let [picture, charts] = &self.state.pictures;
        let mut whole = picture.clone();
        if charts.width > 0.0 {
            whole.place(charts.clone(), 0.0, picture.height + GAP);
        }
        whole
    }

    fn file(&self, end: &str) -> String {
        [self.state.spec.id.as_ref(), end].concat()
    }

    /// Offers the picture as a file.
    pub(super) fn save_picture(&mut self, way: &str) {
        if way == "png" {
            self.image = Some(self.file(".png"));
            return;
        }
        let describes: Vec<String> =
            self.state.frame.iter().flat_map(|f| &f.scene.says).map(|msg| self.state.say(msg)).collect();
        let still = Still {
            id: "figure",
            title: &self.state.spec.id,
            describes: &describes.join(" "),
            class: "",
            standalone: true,
        };
        let text = svg(&self.whole_picture(), &still);
        self.extra.push(Patch::Save { name: self.file(".svg"), text });
    }

    /// Offers the readings up to the moment shown as CSV, with those of the run that is compared with.
    pub(super) fn save_numbers(&mut self) {
        let until = self.state.seen.max(self.state.at);
        let Answer::Samples(samples, every) = self.ask(Ask::Samples { until }) else { return };
        let rival = self.rival_samples(until);
        let mut text = String::from("seconds");
        for (prefix, there) in [("", true), ("b-", !rival.is_empty())] {
            for reading in self.state.spec.readings.iter().filter(|_| there) {
                for piece in [",", prefix, reading.id.as_ref()] {
                    text.push_str(piece);
                }
            }
        }
        for (n, values) in samples.iter().enumerate() {
            text.push('\n');
            text.push_str(&decimal::written(n as f64 * every.secs(), 3));
            for &value in values.iter().chain(rival.get(n).into_iter().flatten()) {
                text.push(',');
                if value.is_finite() {
                    text.push_str(&decimal::written(value.into(), 6));
                }
            }
        }
        text.push('\n');
        self.extra.push(Patch::Save { name: self.file(".csv"), text });
    }
}
