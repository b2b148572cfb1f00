//! What threads were at lately, as lanes over a window that moves along.

use crate::scene::{Bar, Label, Lane, Lanes, Panel, Status};
use crate::sim::{Entity, Msg, Span, Time};

/// A status, and what it is called.
pub type Look = (Status, fn() -> Msg);

/// What each of some threads is at, and was within a window.
#[derive(Clone, Debug)]
pub struct Traces<L = Status> {
    window: Span,
    /// For each thread, since when it was at what: ascending.
    threads: Vec<Vec<(Time, L)>>,
}

impl<L: Copy + PartialEq> Traces<L> {
    /// Nothing is known yet.
    pub fn new(window: Span) -> Self {
        Self { window, threads: Vec::new() }
    }

    /// What all threads are at from now on.
    pub fn note(&mut self, now: Time, all: impl ExactSizeIterator<Item = L>) {
        self.threads.resize_with(all.len(), Vec::new);
        for (trace, is) in self.threads.iter_mut().zip(all) {
            if trace.last().is_some_and(|last| last.1 == is) {
                continue;
            }
            let begin = now.back(self.window);
            let old = trace.iter().skip(1).take_while(|(until, _)| *until < begin).count();
            trace.drain(..old);
            trace.push((now, is));
        }
    }

    /// The window that ends now as a panel, a lane for each of these, with what it is about and its name. `shows` says of a
    /// lane, by its number, and of what was noted there what that is about and how it is shown, if it is.
    pub fn named_lanes(
        &self,
        title: Msg,
        lanes: impl Iterator<Item = (Entity, Label)>,
        now: Time,
        shows: impl Fn(u32, L) -> Option<(Entity, Msg, Status)>,
    ) -> Panel {
        let from = now.back(self.window);
        let bars = |n: u32, trace: &[(Time, L)]| -> Vec<Bar> {
            let ends = trace.iter().skip(1).map(|(at, _)| *at).chain([now]);
            let bar = |(&(from, is), until): (&(Time, L), Time)| {
                let (entity, says, status) = shows(n, is)?;
                Some(Bar { entity, from, until, label: Label::Words(says), status })
            };
            trace.iter().zip(ends).filter(|(_, until)| *until > from).filter_map(bar).collect()
        };
        let of_each = (0..).zip(&self.threads).map(|(n, trace)| bars(n, trace));
        let lanes = lanes.zip(of_each).map(|((entity, label), bars)| Lane { entity, label, bars }).collect();
        let (title, until) = (Label::Words(title), from + self.window);
        Panel::Lanes(Lanes { title, from, until, step: None, lanes, key: Vec::new() }.into())
    }
}

impl Traces {
    /// The window that ends now as a panel, a lane for each thread. `looks` says how what a thread can be at is called.
    pub fn lanes(&self, title: Msg, kind: u8, now: Time, looks: &[Look]) -> Panel {
        let thread = |n| (Entity::new(kind, n), Label::Name(Entity::new(kind, n)));
        let mut panel = self.named_lanes(title, (0..self.threads.len() as u32).map(thread), now, |n, is| {
            let (_, says) = looks.iter().find(|look| look.0 == is)?;
            Some((Entity::new(kind, n), says(), is))
        });
        if let Panel::Lanes(lanes) = &mut panel {
            lanes.key = looks.iter().map(|(status, says)| (Label::Words(says()), *status)).collect();
        }
        panel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_left_the_window_is_forgotten_and_what_reaches_into_it_is_not() {
        let at = Time::from_secs;
        let mut traces = Traces::new(Span::from_secs(10));
        for second in 0..100 {
            let is = Status::ALL[second / 4 % 7];
            traces.note(at(second as u64), [is, Status::Quiet].into_iter());
        }
        let looks = Status::ALL.map(|status| (status, (|| Msg::new("is")) as fn() -> Msg));
        let Panel::Lanes(lanes) = traces.lanes(Msg::new("title"), 0, at(100), &looks) else {
            panic!("lanes are lanes")
        };
        let spans =
            |n: usize| lanes.lanes[n].bars.iter().map(|bar| (bar.from, bar.until)).collect::<Vec<_>>();
        assert_eq!(spans(0), [(at(88), at(92)), (at(92), at(96)), (at(96), at(100))]);
        assert_eq!((spans(1), lanes.from), (vec![(at(0), at(100))], at(90)));
        assert!(traces.threads[0].len() < 6);
        // A lane of the figure's own leaves out what it has no word for.
        let own = |n: u32, is: Status| (n == 0).then(|| (Entity::new(5, n), Msg::new("is"), is));
        let named = (0..2).map(|n| (Entity::new(4, n), Label::words("lane")));
        let Panel::Lanes(lanes) = traces.named_lanes(Msg::new("title"), named, at(100), own) else {
            panic!("lanes are lanes")
        };
        assert_eq!(lanes.lanes.iter().map(|lane| lane.bars.len()).collect::<Vec<_>>(), [3, 0]);
        assert_eq!(lanes.lanes[0].bars[2].entity, Entity::new(5, 0));
    }
}
