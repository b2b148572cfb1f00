//! Running a rule: a stack, and no loops.

use crate::sim::clamp;

/// No value is larger, with either sign: whole numbers are exact up to here, so counting never goes astray.
pub const MOST: f64 = 9_007_199_254_740_992.0;

/// Values by number; what was never set is 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables(Vec<f64>);

impl Variables {
    /// A value. The results of the vocabulary come first.
    pub fn get(&self, n: usize) -> f64 {
        self.0.get(n).copied().unwrap_or_default()
    }

    /// All of them, up to the last that was set.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    fn set(&mut self, n: usize, value: f64) {
        if n >= self.0.len() {
            self.0.resize(n + 1, 0.0);
        }
        self.0[n] = value;
    }
}

impl core::hash::Hash for Variables {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.0.iter().for_each(|value| value.to_bits().hash(state));
    }
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Input(u8),
    Own(u8),
    Shared(u8),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    LessOrEqual,
    Equal,
    And,
    Or,
    Min,
    Max,
}

/// One step of a rule, on a stack of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    Push(f64),
    Load(Place),
    Apply(Operator),
    /// Turns 0 into 1, and all else into 0.
    Not,
    Store(Place),
    /// Takes a value; if it is 0, passes over so many steps.
    Unless(u16),
    Command(u8),
}

/// Runs a block.
pub(super) fn run(
    block: &[Op],
    inputs: &[f64],
    own: &mut Variables,
    shared: &mut Variables,
) -> Option<usize> {
    let (mut stack, mut at) = (Vec::with_capacity(8), 0);
    while let Some(op) = block.get(at) {
        at += 1;
        let mut pop = || stack.pop().unwrap_or_default();
        let pushed = match *op {
            Op::Push(value) => value,
            Op::Load(Place::Input(n)) => inputs.get(usize::from(n)).copied().unwrap_or_default(),
            Op::Load(Place::Own(n)) => own.get(n.into()),
            Op::Load(Place::Shared(n)) => shared.get(n.into()),
            Op::Not => truth(pop() == 0.0),
            Op::Apply(operator) => {
                let right = pop();
                apply(operator, pop(), right)
            }
            Op::Store(place) => {
                let value = pop();
                match place {
                    Place::Shared(n) => shared.set(n.into(), value),
                    Place::Own(n) => own.set(n.into(), value),
                    Place::Input(_) => {}
                }
                continue;
            }
            Op::Unless(steps) => {
                if pop() == 0.0 {
                    at += usize::from(steps);
                }
                continue;
            }
            Op::Command(command) => return Some(command.into()),
        };
        stack.push(if pushed.is_nan() { 0.0 } else { clamp(pushed, -MOST, MOST) });
    }
    None
}

fn truth(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn apply(operator: Operator, a: f64, b: f64) -> f64 {
    match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide if b == 0.0 => 0.0,
        Operator::Divide => a / b,
        Operator::Less => truth(a < b),
        Operator::LessOrEqual => truth(a <= b),
        Operator::Equal => truth(a == b),
        Operator::And => truth(a != 0.0 && b != 0.0),
        Operator::Or => truth(a != 0.0 || b != 0.0),
        Operator::Min => a.min(b),
        Operator::Max => a.max(b),
    }
}
