//! All schedules of a small program, counted: how many there are from a state on, and how many of them go wrong.
//!
//! A figure that keeps what its threads share in a small value (memory, registers, where each thread is) and says which
//! states can follow one, gets the counts of every state that can be reached. A state is gone through once, however many
//! schedules lead there, so that millions of schedules cost no more than the thousands of states that they share.
//!
//! ```
//! use engine::parts::program::Schedules;
//!
//! // Two threads of three instructions each, which do not meddle with each other: 6! / (3! 3!) schedules.
//! let next = |&(a, b): &(u8, u8)| [(a + 1, b), (a, b + 1)].into_iter().filter(|&(a, b)| a <= 3 && b <= 3).collect();
//! // It is called wrong if A gets two instructions ahead: only ABABAB and its like don't.
//! let schedules = Schedules::explore((0, 0), next, |&(a, b)| a >= b + 2).unwrap();
//! let from_start = schedules.from(&(0, 0)).unwrap();
//! assert_eq!((from_start.all, schedules.states()), (20.0, 16));
//! assert_eq!(from_start.nearest, Some(2));
//! ```

use std::collections::BTreeMap;

/// With more states than these a program isn't small.
const MOST_STATES: usize = 50_000;

/// What lies ahead of a state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// Schedules from here to where nothing can happen any more. Infinite where a program can go round in circles.
    pub all: f64,
    /// Those that come through a wrong state, or are in one now. Infinite where `all` is, unless there is no way to one.
    pub wrong: f64,
    /// How many steps the shortest way to a wrong state takes, if there is one.
    pub nearest: Option<u32>,
}

/// Every state that can be reached from one, and what lies ahead of it.
#[derive(Clone, Debug)]
pub struct Schedules<S> {
    places: BTreeMap<S, usize>,
    ahead: Vec<Ahead>,
}

impl<S: Ord + Clone> Schedules<S> {
    /// Looks at every state that can be reached. `next` has the states that can follow one, one for each thread that can
    /// run. A step that leads back to the very same state is a thread that waits; it isn't counted. `None` if there are more
    /// than 50,000 states.
    pub fn explore(start: S, next: impl Fn(&S) -> Vec<S>, wrong: impl Fn(&S) -> bool) -> Option<Self> {
        let mut places = BTreeMap::from([(start.clone(), 0)]);
        let mut graph = Graph { next: Vec::new(), wrong: Vec::new() };
        let mut states = vec![start];
        while let Some(state) = states.get(graph.next.len()).cloned() {
            if states.len() > MOST_STATES {
                return None;
            }
            let mut follow = Vec::new();
            for next in next(&state) {
                if next != state {
                    let new = states.len();
                    let place = *places.entry(next.clone()).or_insert(new);
                    if place == new {
                        states.push(next);
                    }
                    follow.push(place);
                }
            }
            graph.wrong.push(wrong(&state));
            graph.next.push(follow);
        }
        Some(Self { places, ahead: graph.ahead() })
    }

    /// What lies ahead of a state; `None` if it can't be reached.
    pub fn from(&self, state: &S) -> Option<Ahead> {
        self.places.get(state).map(|&place| self.ahead[place])
    }

    /// How many states can be reached.
    pub fn states(&self) -> usize {
        self.ahead.len()
    }
}

/// States by their numbers. Not generic, so that it is compiled once.
struct Graph {
    next: Vec<Vec<usize>>,
    wrong: Vec<bool>,
}

impl Graph {
    fn ahead(&self) -> Vec<Ahead> {
        let nearest = self.nearest();
        let mut ahead: Vec<Ahead> =
            nearest.iter().map(|&nearest| Ahead { all: f64::NAN, wrong: f64::NAN, nearest }).collect();
        // Depth first: a state is counted when all that follow it are.
        let mut open = vec![false; self.next.len()];
        let mut stack = vec![0];
        while let Some(&at) = stack.last() {
            if !core::mem::replace(&mut open[at], true) {
                // One that is open already is further down in the stack: a circle.
                stack.extend(self.next[at].iter().filter(|&&next| !open[next]));
                continue;
            }
            stack.pop();
            if ahead[at].all.is_nan() {
                let sum = |of: fn(&Ahead) -> f64| -> f64 {
                    self.next[at].iter().map(|&next| of(&ahead[next])).sum()
                };
                let (all, wrong) = (sum(|it| it.all), sum(|it| it.wrong));
                let all = if self.next[at].is_empty() { 1.0 } else { endless(all) };
                let wrong = match ahead[at].nearest {
                    None => 0.0,
                    Some(0) => all,
                    Some(_) => endless(wrong),
                };
                (ahead[at].all, ahead[at].wrong) = (all, wrong);
            }
        }
        ahead
    }

    /// Steps from each state to the nearest wrong one, backwards from these.
    fn nearest(&self) -> Vec<Option<u32>> {
        let mut before = vec![Vec::new(); self.next.len()];
        for (at, next) in self.next.iter().enumerate() {
            for &next in next {
                before[next].push(at);
            }
        }
        let mut nearest: Vec<Option<u32>> = self.wrong.iter().map(|wrong| wrong.then_some(0)).collect();
        let mut found: Vec<usize> = (0..self.wrong.len()).filter(|&at| self.wrong[at]).collect();
        let mut done = 0;
        while let Some(&at) = found.get(done) {
            done += 1;
            for &before in &before[at] {
                if nearest[before].is_none() {
                    nearest[before] = nearest[at].map(|steps| steps + 1);
                    found.push(before);
                }
            }
        }
        nearest
    }
}

/// A sum over what isn't counted yet was come to by a circle.
fn endless(sum: f64) -> f64 {
    if sum.is_nan() { f64::INFINITY } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads of so many instructions each, none of which concerns another.
    fn apart(lengths: &[u8]) -> Ahead {
        let next = |left: &Vec<u8>| {
            let step = |n: usize| {
                let mut next = left.clone();
                next[n] = next[n].checked_sub(1)?;
                Some(next)
            };
            (0..left.len()).filter_map(step).collect()
        };
        Schedules::explore(lengths.to_vec(), next, |_| false).unwrap().from(&lengths.to_vec()).unwrap()
    }

    #[test]
    fn schedules_of_threads_apart_are_the_multinomial_coefficients() {
        let factorial = |n: u8| (1..=n).map(f64::from).product::<f64>();
        for lengths in [&[3, 3][..], &[6, 6], &[3, 3, 3], &[6, 6, 6], &[1, 7], &[5, 0], &[4, 3, 2, 1]] {
            let below: f64 = lengths.iter().map(|&n| factorial(n)).product();
            let expected = factorial(lengths.iter().sum()) / below;
            let Ahead { all, wrong, nearest } = apart(lengths);
            assert_eq!(libm::round(expected), all, "{lengths:?}");
            assert_eq!((wrong, nearest), (0.0, None));
        }
    }

    #[test]
    fn a_schedule_is_wrong_once_however_often_it_goes_wrong() {
        // Two threads of two steps: wrong where A is ahead, as in all but the Catalan number of schedules.
        let next = |&(a, b): &(u8, u8)| {
            [(a + 1, b), (a, b + 1)].into_iter().filter(|&(a, b)| a <= 2 && b <= 2).collect()
        };
        let schedules = Schedules::explore((0, 0), next, |&(a, b)| a > b).unwrap();
        assert_eq!(schedules.from(&(0, 0)), Some(Ahead { all: 6.0, wrong: 4.0, nearest: Some(1) }));
        assert_eq!(schedules.from(&(1, 0)), Some(Ahead { all: 3.0, wrong: 3.0, nearest: Some(0) }));
        assert_eq!(schedules.from(&(0, 2)), Some(Ahead { all: 1.0, wrong: 0.0, nearest: None }));
        assert_eq!(schedules.from(&(3, 0)), None);
    }

    #[test]
    fn a_thread_that_waits_adds_no_schedule_and_a_circle_adds_them_without_end() {
        let waits = Schedules::explore(0_u8, |&n| if n < 3 { vec![n, n + 1] } else { Vec::new() }, |_| false)
            .unwrap();
        assert_eq!(waits.from(&0).map(|it| it.all), Some(1.0));
        // 0 → 1 → 0, and 1 → 2 → 3, of which 3 is wrong; and 4, from where there is no way to it.
        let next = |&n: &u8| [vec![1, 4], vec![0, 2], vec![3], vec![], vec![]][usize::from(n)].clone();
        let circle = Schedules::explore(0, next, |&n| n == 3).unwrap();
        let ahead = |n| circle.from(&n).unwrap();
        assert_eq!((ahead(0).all, ahead(0).wrong, ahead(0).nearest), (f64::INFINITY, f64::INFINITY, Some(3)));
        assert_eq!((ahead(1).nearest, ahead(2).all, ahead(2).wrong), (Some(2), 1.0, 1.0));
        assert_eq!(ahead(4), Ahead { all: 1.0, wrong: 0.0, nearest: None });
        assert!(Schedules::explore(0_u32, |&n| vec![n + 1], |_| false).is_none(), "it never ends");
    }
}
