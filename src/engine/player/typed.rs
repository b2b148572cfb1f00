//! Controls as a figure sees them: a struct with a typed field for each, declared by [`controls!`](crate::controls), and
//! options as an enum, declared by [`choices!`](crate::choices).

use super::control::Control;
use super::value::Value;
use crate::sim::Span;

/// The typed form of a figure's controls; made by the `controls!` macro.
pub trait Controls: Clone + PartialEq + 'static {
    /// The declarations, in the order in which they are shown.
    const ALL: &'static [Control];
    /// The typed form of values that the declarations have accepted, one for each.
    fn from_values(values: &[Value]) -> Self;
}

/// A type that a control's value can be read as.
pub trait FromValue {
    /// The value in this type. What doesn't fit has been refused before; here it becomes the type's zero.
    fn from_value(value: &Value) -> Self;
}

impl FromValue for f64 {
    #[inline(never)]
    fn from_value(value: &Value) -> Self {
        if let Value::Number(n) = value { *n } else { 0.0 }
    }
}
impl FromValue for u32 {
    #[inline(never)]
    fn from_value(value: &Value) -> Self {
        libm::round(f64::from_value(value)) as Self
    }
}
impl FromValue for Span {
    #[inline(never)]
    fn from_value(value: &Value) -> Self {
        Self::from_secs_f64(f64::from_value(value))
    }
}
impl FromValue for bool {
    #[inline(never)]
    fn from_value(value: &Value) -> Self {
        matches!(value, Value::Flag(true))
    }
}
impl FromValue for String {
    fn from_value(value: &Value) -> Self {
        if let Value::Text(text) = value { text.clone() } else { Self::new() }
    }
}
/// The things chosen; the things in their order; or, of an assignment, the group of each thing.
impl<T: Choices> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Self {
        let (Value::Several(list) | Value::Order(list) | Value::Assignment(list)) = value else {
            return Self::new();
        };
        list.iter().filter_map(|&n| T::ALL.get(usize::from(n)).copied()).collect()
    }
}

/// Options as the `choices!` macro declares them.
pub trait Choices: Copy + 'static {
    /// Every option.
    const ALL: &'static [Self];
}

/// Declares a figure's controls: a struct whose fields are what the experiment reads, each with its [`Control`].
///
/// ```
/// use engine::{controls, player::{Control, Controls}, sim::Unit};
/// controls! {
///     /// What can be turned.
///     pub struct ControlValues {
///         /// Requests a second.
///         pub load: f64 = Control::number("load", "Load", Unit::Rate, (10.0, 200.0), 10.0, 90.0),
///     }
/// }
/// let values: Vec<_> = ControlValues::ALL.iter().map(Control::default).collect();
/// assert_eq!(ControlValues::from_values(&values).load, 90.0);
/// ```
#[macro_export]
macro_rules! controls {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty = $control:expr),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type),* }

        impl $crate::player::Controls for $name {
            const ALL: &'static [$crate::player::Control] = &[$($control),*];
            fn from_values(values: &[$crate::player::Value]) -> Self {
                let mut values = values.iter();
                Self { $($field: $crate::player::FromValue::from_value(
                    values.next().unwrap_or(&$crate::player::Value::None))),* }
            }
        }
    };
}

/// Declares the options of a choice: an enum, each variant with its permanent id and its label.
///
/// ```
/// use engine::choices;
/// choices! {
///     /// Who is served first.
///     pub enum Order { Fifo = "fifo", "First come, first served"; Lifo = "lifo", "Last come, first served" }
/// }
/// assert_eq!(Order::OPTIONS[1].0, "lifo");
/// ```
#[macro_export]
macro_rules! choices {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $id:literal, $label:literal);* $(;)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$variant_meta])* #[doc = $label] $variant),* }

        impl $name {
            /// Ids and labels.
            pub const OPTIONS: $crate::player::ChoiceOptions = &[
                $((std::borrow::Cow::Borrowed($id), std::borrow::Cow::Borrowed($label))),*
            ];
            /// Every option.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The permanent id.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }
        }

        impl $crate::player::Choices for $name {
            const ALL: &'static [Self] = Self::ALL;
        }

        impl $crate::player::FromValue for $name {
            fn from_value(value: &$crate::player::Value) -> Self {
                let $crate::player::Value::Choice(id) = value else { return Self::ALL[0] };
                Self::ALL.iter().copied().find(|option| option.id() == id).unwrap_or(Self::ALL[0])
            }
        }
    };
}
