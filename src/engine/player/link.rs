//! A link is a run: a view as text that fits into an address, and back.
//!
//! The form is permanent: people have sent links to each other. What is inside is postcard, which goes by position, so a
//! field that is added to [`View`], [`Run`](super::Run), [`InputKind`](super::InputKind) or [`Value`](super::Value), or a
//! variant that is moved, makes another form: then [`FORM`] gets the next letter, and [`decode_view`] keeps reading the
//! old one. A test holds links that were made long ago.

use super::run::View;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;

/// First character of every link of this form.
const FORM: char = 'a';
/// Longest text that is looked at.
const LIMIT: usize = 200_000;

/// Why a text is not a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It begins with no form known here.
    Form,
    /// It is too long to be one.
    Long,
    /// Its characters or its checksum are wrong: cut off or mistyped.
    Damaged,
    /// It decodes to something that no run holds.
    Unsound,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "it was made by a version of the playground that this one doesn't know",
            Self::Long => "it is longer than 200,000 characters; a run of that size is shared as a file",
            Self::Damaged => "it is damaged, cut off or mistyped; copy the whole link again",
            Self::Unsound => "it holds a value that no run can have",
        })
    }
}
impl core::error::Error for LinkError {}

/// The view as text of letters, digits, `-` and `_`.
pub fn encode_view(view: &View) -> String {
    // Plain data can't fail.
    let mut bytes = postcard::to_allocvec(view).unwrap_or_default();
    bytes.extend(checksum(&bytes).to_le_bytes());
    format!("{FORM}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The view that a text stands for. Whether its figure knows the run is another question: see
/// [`Run::validated`](super::Run::validated).
///
/// # Errors
/// If it stands for none; nothing in a text can do more harm than that.
pub fn decode_view(text: &str) -> Result<View, LinkError> {
    if text.len() > LIMIT {
        return Err(LinkError::Long);
    }
    let text = text.trim().strip_prefix(FORM).ok_or(LinkError::Form)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkError::Damaged)?;
    let (bytes, sum) = bytes.split_last_chunk::<4>().ok_or(LinkError::Damaged)?;
    if checksum(bytes).to_le_bytes() != *sum {
        return Err(LinkError::Damaged);
    }
    let view: View = postcard::from_bytes(bytes).map_err(|_| LinkError::Unsound)?;
    let run = &view.run;
    let values = run.controls.iter().chain(&view.compared_controls).map(|(_, value)| value);
    let changes = run.inputs.iter().map(|input| match &input.change {
        super::InputKind::Set { value, .. } => value,
        super::InputKind::Act { arg, .. } => arg,
    });
    if values.chain(changes).all(super::Value::is_sound) { Ok(view) } else { Err(LinkError::Unsound) }
}

/// Tells a damaged link; FNV-1a, 32 bits.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::super::{Input, InputKind, Run, Value};
    use super::*;
    use crate::pick::cases;
    use crate::sim::{Entity, Seed, Time};
    use proptest::prelude::*;

    fn view() -> impl Strategy<Value = View> {
        let value = prop_oneof![
            (-1e9..1e9_f64).prop_map(Value::Number),
            "[a-z-]{1,20}".prop_map(Value::Choice),
            any::<bool>().prop_map(Value::Flag),
            ".{0,30}".prop_map(Value::Text),
        ];
        let set = ("[a-z-]{1,12}", value.clone());
        let change = prop_oneof![
            set.clone().prop_map(|(control, value)| InputKind::Set { control, value }),
            ("[a-z]{1,8}", prop::collection::vec((any::<u8>(), any::<u32>()), 0..4)).prop_map(
                |(action, targets)| {
                    let targets = targets.into_iter().map(|(kind, n)| Entity::new(kind, n)).collect();
                    InputKind::Act { action, targets, arg: Value::None }
                }
            ),
        ];
        let input =
            (any::<u64>(), change).prop_map(|(at, change)| Input { at: Time::from_nanos(at), change });
        let controls = prop::collection::vec(set, 0..5);
        let inputs = prop::collection::vec(input, 0..20);
        ("[a-z-]{1,20}", any::<u16>(), any::<u64>(), controls.clone(), inputs, controls, any::<u64>())
            .prop_map(|(figure, version, seed, controls, inputs, compared_controls, at)| View {
                run: Run { figure, version, seed: Seed(seed), controls, inputs, data: None },
                compared_controls,
                at: Time::from_nanos(at),
            })
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn a_link_is_the_view_it_was_made_from(view in view()) {
            let link = encode_view(&view);
            prop_assert!(link.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            prop_assert_eq!(decode_view(&link), Ok(view));
        }

        #[test]
        fn no_text_panics(text in ".{0,200}") {
            let _ = decode_view(&text);
        }

        #[test]
        fn no_bytes_panic_even_with_a_right_checksum(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            bytes.extend(checksum(&bytes).to_le_bytes());
            let _ = decode_view(&format!("{FORM}{}", URL_SAFE_NO_PAD.encode(bytes)));
        }

        #[test]
        fn a_damaged_link_is_told(view in view(), at in any::<prop::sample::Index>()) {
            let mut link = encode_view(&view);
            link.truncate(at.index(link.len()).max(1));
            prop_assert!(decode_view(&link).is_err());
        }
    }
}
