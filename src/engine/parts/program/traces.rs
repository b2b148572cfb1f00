//! What threads were at lately, as lanes over a window that moves along.

use crate::scene::{Bar, Label, Lane, Lanes, Panel, Status};
use crate::sim::{Entity, Msg, Span, Time};

/// A status, and what it is called.
pub type Look = (Status, fn() -> Msg);

/// What each of some threads is at, and was within a window.
#[derive(Clone, Debug)]
pub struct Traces {
    window: Span,
    /// For each thread, since when it was at what: ascending.
    threads: Vec<Vec<(Time, Status)>>,
}

impl Traces {
    /// Nothing is known yet.
    pub fn new(window: Span) -> Self {
        Self { window, threads: Vec::new() }
    }

    /// What all threads are at from now on.
    pub fn note(&mut self, now: Time, all: impl ExactSizeIterator<Item = Status>) {
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

    /// The window that ends now as a panel, a lane for each thread. `looks` says how what a thread can be at is called.
    pub fn lanes(&self, title: Msg, kind: u8, now: Time, looks: &[Look]) -> Panel {
        let from = now.back(self.window);
        let key: Vec<(Label, Status)> =
            looks.iter().map(|(status, says)| (Label::Words(says()), *status)).collect();
        let lane = |(n, trace): (u32, &Vec<(Time, Status)>)| {
            let entity = Entity::new(kind, n);
            let ends = trace.iter().skip(1).map(|(at, _)| *at).chain([now]);
            let bar = |(&(from, status), until): (&(Time, Status), Time)| {
                let (label, _) = key.iter().find(|look| look.1 == status)?;
                Some(Bar { entity, from, until, label: label.clone(), status })
            };
            let bars = trace.iter().zip(ends).filter(|(_, until)| *until > from).filter_map(bar).collect();
            Lane { entity, label: Label::Name(entity), bars }
        };
        let lanes = (0..).zip(&self.threads).map(lane).collect();
        let title = Label::Words(title);
        Panel::Lanes(Lanes { title, from, until: from + self.window, step: None, lanes, key }.into())
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
    }
}
