//! A smallest set of reads that contradict each other.
//!
//! The rule is that of minimal hitting sets (R. Reiter, A theory of diagnosis from first principles, Artif. Intell. 32,
//! 1987; A. Ignatiev et al., Smallest MUS extraction with minimal hitting set dualization, CP 2015). A set of reads that
//! some order of the operations satisfies can't contradict itself; so a set that does has one of the others. From all
//! such lists of others a smallest set is taken that has one of each; if an order satisfies it, that order gives the
//! next list; if none does, it is a smallest contradiction.

use super::Conflict;
use super::history::{Answer, History, Interval, Outcome, Request};
use super::search::{Order, Part, Search, State};
use crate::sim::sort;

/// At most so many nodes are looked at for one hitting set.
const NODES: u32 = 100_000;
/// At most so many configurations are remembered to see whether a comparison can be left out.
const PROBE: usize = 2_000;

/// What came of looking for a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sought {
    Found(Conflict),
    /// There is none of fewer reads than was asked for.
    NoneSmaller,
    GaveUp,
}

/// Looks for a smallest conflict among the answers up to an event; all writes stay where they are. Can be interrupted.
#[derive(Clone, Debug)]
pub(super) struct Seeker {
    until: u32,
    /// Only sets of fewer reads are of interest.
    below: usize,
    /// Answered reads, the latest first.
    reads: Vec<u32>,
    /// Lists of which every conflict has a member.
    lists: Vec<Vec<u32>>,
    /// The reads that are tried.
    chosen: Vec<u32>,
    /// Once these contradict each other: answered comparisons that are kept, and how many of them must be.
    comparisons: Option<(Vec<u32>, usize)>,
    search: Option<Search>,
    is_hopeless: bool,
}

impl Seeker {
    /// Among all answers up to the event `until`; `needed` is one that every conflict has, if that is known.
    pub(super) fn new(
        history: &History,
        intervals: &[Interval],
        operations: &[u32],
        until: u32,
        needed: Option<u32>,
        below: usize,
    ) -> Self {
        let is_read = |&&n: &&u32| {
            let operation = history.operations[n as usize];
            operation.request == Request::Read
                && matches!(operation.outcome, Outcome::Answered { answer: Answer::Read(_), .. })
                && intervals[n as usize].end <= until
        };
        let mut reads: Vec<u32> = operations.iter().filter(is_read).copied().collect();
        sort::sort_by_key(&mut reads, |&n| u32::MAX - intervals[n as usize].end);
        let lists = needed.filter(|needed| reads.contains(needed)).map(|needed| vec![needed]);
        Self {
            until,
            below,
            reads,
            lists: lists.into_iter().collect(),
            chosen: Vec::new(),
            comparisons: None,
            search: None,
            is_hopeless: false,
        }
    }

    /// Looks on, and takes off the budget what it has done; `None` if that wasn't enough.
    pub(super) fn advance(
        &mut self,
        history: &History,
        intervals: &[Interval],
        operations: &[u32],
        limit: usize,
        budget: &mut u64,
    ) -> Option<Sought> {
        while *budget > 0 {
            let Some(search) = &mut self.search else {
                if self.comparisons.is_none()
                    && let Err(end) = self.choose()
                {
                    return Some(end);
                }
                *budget = budget.saturating_sub(1 + self.lists.len() as u64);
                let limit = if self.comparisons.is_some() { limit.min(PROBE) } else { limit };
                let counts = |n: u32| self.counts(history, n);
                let part = Part { history, intervals, operations, until: self.until, counts: &counts };
                let search = Search::new(part, Order::RealTime, limit);
                self.is_hopeless = search.is_hopeless(part);
                self.search = Some(search);
                continue;
            };
            let state = if self.is_hopeless { State::Exhausted } else { search.advance(budget) };
            let order = if state == State::Found { search.order() } else { Vec::new() };
            if state != State::Searching {
                self.search = None;
            }
            match (state, &mut self.comparisons) {
                (State::Searching, _) => {}
                (State::Full, None) => return Some(Sought::GaveUp),
                (State::Found, None) => {
                    let fits = self.satisfied(history, intervals, &order);
                    let others = self.reads.iter().filter(|read| !fits.contains(read)).copied();
                    let others: Vec<u32> = others.collect();
                    if others.is_empty() || others.iter().any(|read| self.chosen.contains(read)) {
                        return Some(Sought::GaveUp);
                    }
                    self.lists.push(others);
                }
                (State::Exhausted, None) => {
                    self.comparisons = Some((self.answered_comparisons(history, intervals, operations), 0));
                    if let Some(found) = self.next_comparison() {
                        return Some(found);
                    }
                }
                // Without the one that was left out: there is a contradiction all the same, or none can be seen.
                (State::Exhausted, Some((kept, needed))) => {
                    kept.remove(*needed);
                    if let Some(found) = self.next_comparison() {
                        return Some(found);
                    }
                }
                (State::Found | State::Full, Some((_, needed))) => {
                    *needed += 1;
                    if let Some(found) = self.next_comparison() {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// The conflict, if no comparison is left that could be left out.
    fn next_comparison(&self) -> Option<Sought> {
        let (kept, needed) = self.comparisons.as_ref()?;
        let all = |list: &[u32]| {
            let mut list: Vec<usize> = list.iter().map(|&n| n as usize).collect();
            sort::sort_by_key(&mut list, |&n| n);
            list
        };
        let conflict = || Conflict { reads: all(&self.chosen), comparisons: all(kept) };
        (*needed >= kept.len()).then(|| Sought::Found(conflict()))
    }

    /// Whether an operation's answer counts in the present search.
    fn counts(&self, history: &History, n: u32) -> bool {
        match (history.operations[n as usize].request, &self.comparisons) {
            (Request::Read, _) => self.chosen.contains(&n),
            (_, None) => true,
            (_, Some((kept, needed))) => {
                kept.iter().position(|&it| it == n).is_some_and(|place| place != *needed)
            }
        }
    }

    /// Answered comparisons, the earliest first.
    fn answered_comparisons(
        &self,
        history: &History,
        intervals: &[Interval],
        operations: &[u32],
    ) -> Vec<u32> {
        let answered = |&&n: &&u32| {
            matches!(history.operations[n as usize].request, Request::CompareAndSet { .. })
                && intervals[n as usize].end <= self.until
        };
        let mut list: Vec<u32> = operations.iter().filter(answered).copied().collect();
        sort::sort_by_key(&mut list, |&n| intervals[n as usize].end);
        list
    }

    /// Chooses the next reads to try: as few as may do.
    fn choose(&mut self) -> Result<(), Sought> {
        for size in self.chosen.len()..self.below {
            let mut nodes = NODES;
            let mut chosen = Vec::new();
            match hit(&self.lists, &mut chosen, size, &mut nodes) {
                Some(true) => {
                    self.chosen = chosen;
                    return Ok(());
                }
                Some(false) => {}
                None => return Err(Sought::GaveUp),
            }
        }
        Err(Sought::NoneSmaller)
    }

    /// The chosen reads, and such others as fit into an order with them.
    fn satisfied(&self, history: &History, intervals: &[Interval], order: &[u32]) -> Vec<u32> {
        // What the register holds before each place of the order.
        let mut held = vec![history.initial];
        for &n in order {
            let before = held.last().copied().flatten();
            held.push(match history.operations[n as usize].request {
                Request::Write(value) => value,
                Request::CompareAndSet { from, to } if from == before => to,
                _ => before,
            });
        }
        let interval = |n: u32| &intervals[n as usize];
        let mut fits: Vec<u32> = order.iter().filter(|n| self.chosen.contains(n)).copied().collect();
        let mut placed: Vec<(u32, usize)> = Vec::new();
        // The earliest answer first, each at the first place that those before it leave.
        for &read in self.reads.iter().rev().filter(|read| !self.chosen.contains(read)) {
            let Outcome::Answered { answer: Answer::Read(value), .. } =
                history.operations[read as usize].outcome
            else {
                continue;
            };
            let first =
                order.iter().rposition(|&n| interval(n).precedes(interval(read))).map_or(0, |n| n + 1);
            let last = order.iter().position(|&n| interval(read).precedes(interval(n)));
            let last = last.unwrap_or(order.len());
            let behind = placed.iter().filter(|(n, _)| interval(*n).precedes(interval(read)));
            let first = behind.map(|(_, place)| *place).fold(first, usize::max);
            if let Some(place) = (first..=last).find(|&place| held[place] == value) {
                placed.push((read, place));
                fits.push(read);
            }
        }
        fits
    }
}

/// Completes `chosen` by at most `more` to a set that has a member of every list. `None` if that takes too many nodes.
fn hit(lists: &[Vec<u32>], chosen: &mut Vec<u32>, more: usize, nodes: &mut u32) -> Option<bool> {
    *nodes = nodes.checked_sub(1)?;
    // As many lists that have nothing in common need as many members.
    let (mut apart, mut together): (usize, Vec<u32>) = (0, Vec::new());
    let mut shortest: Option<&Vec<u32>> = None;
    for list in lists {
        if list.iter().any(|it| chosen.contains(it)) {
            continue;
        }
        if shortest.is_none_or(|shortest| list.len() < shortest.len()) {
            shortest = Some(list);
        }
        if !list.iter().any(|it| together.contains(it)) {
            together.extend_from_slice(list);
            apart += 1;
        }
    }
    let Some(list) = shortest else { return Some(true) };
    if apart > more {
        return Some(false);
    }
    for &it in list {
        chosen.push(it);
        if hit(lists, chosen, more - 1, nodes)? {
            return Some(true);
        }
        chosen.pop();
    }
    Some(false)
}
