//! Little's law over the last while: how many are in a place, how many leave it in a second, how long these had been there.

use super::time::{Span, Time};

/// What the window is cut into.
const WIDTH: Span = Span::from_millis(200);
/// Five seconds, and the slot that is being filled.
const SLOTS: u64 = 26;

/// A place that is entered and left, and what went through it in the last five seconds, or since the run began while that is
/// shorter. The three numbers are measured independently of each other: L from who is there, λ from who leaves, W from how
/// long each of these had been there. So L = λW is a finding, and holds as well as the window is long compared with a stay
/// (Little: A proof for the queuing formula L = λW, 1961).
///
/// ```
/// use engine::sim::{Occupancy, Time};
/// let mut shop = Occupancy::default();
/// for n in 0..100 {
///     // Somebody every tenth of a second, who stays for half of that.
///     shop.enter(Time::from_millis(100 * n));
///     shop.leave(Time::from_millis(100 * n + 50), Time::from_millis(100 * n));
/// }
/// let of_late = shop.of_late(Time::from_secs(10));
/// assert!((of_late.inside - 0.5).abs() < 1e-9 && (of_late.rate - 10.0).abs() < 0.1);
/// assert!((of_late.stay - 0.05).abs() < 1e-9);
/// ```
#[derive(Clone, Debug)]
pub struct Occupancy {
    inside: u32,
    /// Up to when the slots are filled.
    filled: Time,
    slots: Vec<Slot>,
}

/// The three numbers of Little's law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfLate {
    /// How many were inside, on average: L.
    pub inside: f64,
    /// How many left in a second: λ.
    pub rate: f64,
    /// How long these had been inside, on average and in seconds: W; zero if nobody left.
    pub stay: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// Its number since the start of the run.
    number: u32,
    /// Time that all who were inside spent there, together.
    spent_nanos: u64,
    left: u32,
    /// How long those who left had been there, together.
    stayed_nanos: u64,
}

impl Default for Occupancy {
    fn default() -> Self {
        Self { inside: 0, filled: Time::ZERO, slots: vec![Slot::default(); SLOTS as usize] }
    }
}

impl Occupancy {
    /// Somebody comes in.
    pub fn enter(&mut self, now: Time) {
        self.fill(now);
        self.inside += 1;
    }

    /// Somebody leaves who came in at `entered`.
    pub fn leave(&mut self, now: Time, entered: Time) {
        self.fill(now);
        self.inside = self.inside.saturating_sub(1);
        let slot = self.slot(now.nanos() / WIDTH.nanos());
        slot.left += 1;
        slot.stayed_nanos += now.since(entered).nanos();
    }

    /// How many are inside now.
    pub fn inside(&self) -> u32 {
        self.inside
    }

    /// What is measured over the window that ends now.
    pub fn of_late(&self, now: Time) -> OfLate {
        let mut it = self.clone();
        it.fill(now);
        let newest = now.nanos() / WIDTH.nanos();
        let (mut spent, mut left, mut stayed) = (0.0, 0.0, 0.0);
        for slot in it.slots.iter().filter(|slot| u64::from(slot.number) + SLOTS > newest) {
            spent += slot.spent_nanos as f64;
            left += f64::from(slot.left);
            stayed += slot.stayed_nanos as f64 / 1e9;
        }
        let window = (WIDTH.nanos() * (SLOTS - 1) + now.nanos() % WIDTH.nanos()).min(now.nanos());
        if window == 0 {
            return OfLate { inside: f64::from(self.inside), rate: 0.0, stay: 0.0 };
        }
        let stay = if left > 0.0 { stayed / left } else { 0.0 };
        OfLate { inside: spent / window as f64, rate: left * 1e9 / window as f64, stay }
    }

    /// Those who are inside have been so until now.
    fn fill(&mut self, now: Time) {
        let width = WIDTH.nanos();
        let oldest = (now.nanos() / width + 1).saturating_sub(SLOTS) * width;
        let mut at = self.filled.nanos().max(oldest);
        while at < now.nanos() {
            let end = ((at / width + 1) * width).min(now.nanos());
            self.slot(at / width).spent_nanos += u64::from(self.inside) * (end - at);
            at = end;
        }
        self.filled = now;
    }

    /// A slot that is not older than the window.
    fn slot(&mut self, number: u64) -> &mut Slot {
        let slot = &mut self.slots[(number % SLOTS) as usize];
        if u64::from(slot.number) != number {
            *slot = Slot { number: number as u32, ..Slot::default() };
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_counts_for_five_seconds_and_no_longer() {
        let mut place = Occupancy::default();
        let of_late = |inside, rate, stay| OfLate { inside, rate, stay };
        place.enter(Time::ZERO);
        place.enter(Time::from_secs(1));
        place.leave(Time::from_secs(2), Time::ZERO);
        assert_eq!(place.of_late(Time::from_secs(2)), of_late(1.5, 0.5, 2.0));
        // One is still inside; who left did so within the window.
        assert_eq!(place.of_late(Time::from_secs(6)), of_late(1.2, 0.2, 2.0));
        assert_eq!(place.of_late(Time::from_secs(20)), of_late(1.0, 0.0, 0.0));
        place.leave(Time::from_secs(20), Time::from_secs(1));
        assert_eq!((place.inside(), place.of_late(Time::from_secs(20)).stay), (0, 19.0));
        assert_eq!(place.of_late(Time::from_secs(60)), of_late(0.0, 0.0, 0.0));
    }

    #[test]
    fn the_law_holds_where_as_many_come_as_go() {
        // Two come together every 40 ms and stay for 100 and 300 ms.
        let mut place = Occupancy::default();
        let mut moves: Vec<(u64, Option<u64>)> = Vec::new();
        for n in 0..500 {
            for stays in [100, 300] {
                moves.push((40 * n, None));
                moves.push((40 * n + stays, Some(40 * n)));
            }
        }
        moves.sort_unstable();
        for (at, entered) in moves.into_iter().take_while(|(at, _)| *at <= 19_000) {
            match entered {
                None => place.enter(Time::from_millis(at)),
                Some(entered) => place.leave(Time::from_millis(at), Time::from_millis(entered)),
            }
        }
        let OfLate { inside, rate, stay } = place.of_late(Time::from_millis(19_010));
        assert!((rate - 50.0).abs() < 0.5 && (stay - 0.2).abs() < 1e-3, "{rate} {stay}");
        assert!((inside - rate * stay).abs() < 0.1, "{inside}");
    }
}
