//! What the shop sells: items with a price and a stock, both of which change at random moments, and a copy of each as it was
//! when somebody last saw it.
//!
//! A change of price is another price. A change of stock is that the item is sold out and gives its place to another, so that
//! somebody who was shown the old one orders what is gone. Each fact of each item changes by a Poisson process of its own, so
//! a copy of age *a* is wrong with probability 1 − e^(−a/life); the processes of all items are drawn as one, whose changes
//! fall on any of them.

use crate::lessons::prelude::*;
use crate::sim::Handle;

const CHANGES: Purpose = Purpose::named("changes");
const WHICH: Purpose = Purpose::named("which item");
const FIRST: Purpose = Purpose::named("off its list price");
/// The share of items that aren't sold at their list price.
const OFF_LIST: f64 = 0.3;

/// A fact about an item.
#[derive(Clone, Copy, Debug)]
struct Fact {
    /// How often it has changed; version 0 of a price is the list price.
    version: u32,
    /// The version that was seen last, and when.
    copy: u32,
    copied: Time,
}

/// Items with two facts each: 0 is the price, 1 the stock.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    facts: [Vec<Fact>; 2],
    lives: [Span; 2],
    /// Changes that were drawn so far, and the next one.
    drawn: [u32; 2],
    next: [Option<Handle>; 2],
}

impl Catalogue {
    /// So many items, all of which have just been seen. `event` says that a fact of some item changes.
    pub(super) fn new<E>(items: u32, lives: [Span; 2], w: &mut World<E>, event: fn(usize) -> E) -> Self {
        let first = |item| u32::from(w.draws(FIRST, Entity::new(0, item)).chance(OFF_LIST));
        let fact = |version| Fact { version, copy: version, copied: Time::ZERO };
        let facts =
            [(0..items).map(|item| fact(first(item))).collect(), (0..items).map(|_| fact(0)).collect()];
        let mut it = Self { facts, lives, drawn: [0; 2], next: [None; 2] };
        (0..2).for_each(|of| it.schedule(of, w, event));
        it
    }

    fn schedule<E>(&mut self, of: usize, w: &mut World<E>, event: fn(usize) -> E) {
        let unit =
            Dist::Exponential(1.0).sample(&mut w.draws(CHANGES, Entity::new(of as u8, self.drawn[of])));
        let mean = self.lives[of].secs() / self.facts[of].len() as f64;
        self.next[of] = Some(w.schedule(Span::from_secs_f64(unit * mean), event(of)));
    }

    /// To be called when the event happens: one of the items changes.
    pub(super) fn change<E>(&mut self, of: usize, w: &mut World<E>, event: fn(usize) -> E) {
        let mut which = w.draws(WHICH, Entity::new(of as u8, self.drawn[of]));
        let item = which.below(self.facts[of].len() as u32);
        self.facts[of][item as usize].version += 1;
        self.drawn[of] += 1;
        self.schedule(of, w, event);
    }

    /// From now on a fact of an item stays for so long, on average.
    pub(super) fn set_lives<E>(&mut self, lives: [Span; 2], w: &mut World<E>, event: fn(usize) -> E) {
        let was = core::mem::replace(&mut self.lives, lives);
        for of in (0..2).filter(|of| was[*of] != lives[*of]) {
            if let Some(handle) = self.next[of].take() {
                w.cancel(handle);
            }
            self.schedule(of, w, event);
        }
    }

    /// Somebody sees how it is, so that the copy is new.
    pub(super) fn see(&mut self, of: usize, item: u32, now: Time) {
        let fact = &mut self.facts[of][item as usize];
        (fact.copy, fact.copied) = (fact.version, now);
    }

    /// How old the copy of a fact is, and whether it is wrong by now.
    pub(super) fn copy(&self, of: usize, item: u32, now: Time) -> (Span, bool) {
        let fact = self.facts[of][item as usize];
        (now.since(fact.copied), fact.copy != fact.version)
    }

    /// The price of an item as it is, as the copy has it, and as the list has it.
    pub(super) fn prices(&self, item: u32) -> [u32; 3] {
        let fact = self.facts[0][item as usize];
        // Any two versions in a row differ.
        [fact.version, fact.copy, 0].map(|version| 20 + (item * 7 + version * 13) % 60)
    }
}
