//! Copies of prices and stock that were all made at the same moment, and which of them are wrong by now.
//!
//! Each copy is of one item, whose price and stock change at random moments. How many are wrong at an age is measured, beside
//! what the formula says. Leaves out: why somebody keeps copies, and who reads them.

use super::answers::wrong_at;
use super::catalogue::Catalogue;
use crate::lessons::prelude::*;
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow};

kinds! {
    KINDS;
    COPIES = "copies", Words(&[Cow::Borrowed("stock"), Cow::Borrowed("price")]);
    STOCK_COPY = "stock-copy", Numbers; PRICE_COPY = "price-copy", Numbers;
}

/// Copies of each fact, and how many of them are in the picture, in rows.
const ITEMS: u32 = 400;
const ROWS: u32 = 3;
const COLUMNS: u32 = 40;
/// How often it is measured.
const EVERY: Span = Span::from_secs(2);
/// The length of a run.
const RUN: f64 = 60.0;
/// The facts of the catalogue in the order of the picture: stock, price.
const FACTS: [usize; 2] = [1, 0];

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub stock_life: Span = Control::log_number("stock-life", "An item stays for", Unit::Time, (4.0, 3_600.0), 20.0)
            .help("Mean time until an item is sold out.").primary(),
        pub price_life: Span = Control::log_number("price-life", "A price stays for", Unit::Time, (10.0, 172_800.0), 600.0)
            .help("Mean time between two changes of one item's price.").primary(),
    }
}

readings! {
    READINGS;
    Reading::new("stock-wrong", "stock wrong", Unit::Share, "Share of the copies of stock that are wrong now.");
    Reading::new("price-wrong", "prices wrong", Unit::Share, "Share of the copies of prices that are wrong now.");
}

messages! {
    pub(super) MESSAGES;
    stock(); price(); copies_title(age: Span); note_wrong(share: (f64, Unit)); key_right(); key_wrong();
    curve_title(); axis_age(); axis_wrong(); line_stock(); line_price(); line_counted();
    says_wrong(stock: (f64, Unit), theory: (f64, Unit)); says_prices(price: (f64, Unit), theory: (f64, Unit));
    about_copies(wrong: u32, of: u32); about_right(); about_wrong();
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Change(usize),
    Measure,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Ageing {
    controls: ControlValues,
    catalogue: Catalogue,
    made: Time,
    /// Age of the copies and the shares of wrong ones, stock first.
    counted: Vec<(f32, [f32; 2])>,
}

impl Ageing {
    fn wrong(&self, of: usize, w: &W) -> u32 {
        (0..ITEMS).filter(|item| self.catalogue.copy(FACTS[of], *item, w.now()).1).count() as u32
    }

    fn share(&self, of: usize, w: &W) -> f64 {
        f64::from(self.wrong(of, w)) / f64::from(ITEMS)
    }

    fn lives(&self) -> [Span; 2] {
        [self.controls.price_life, self.controls.stock_life]
    }

    /// The shares that the formula has at an age.
    fn theory(&self, age: f64) -> [f64; 2] {
        FACTS.map(|fact| wrong_at(age, self.lives()[fact].secs()))
    }

    fn grid(&self, w: &W) -> Panel {
        let row = |(of, line): (usize, u32)| {
            let cells = (line * COLUMNS..(line + 1) * COLUMNS).map(|item| {
                let is_wrong = self.catalogue.copy(FACTS[of], item, w.now()).1;
                let kind = [STOCK_COPY, PRICE_COPY][of];
                Cell::new(Entity::new(kind, item), if is_wrong { Status::Trouble } else { Status::Normal })
            });
            let share = note_wrong((self.share(of, w), Unit::Share));
            let entity = Entity::new(COPIES, of as u32);
            let mut row = GridRow::new(entity, [stock(), price()][of].clone(), share, cells);
            if line > 0 {
                (row.label, row.note) = (Label::Plain(String::new()), None);
            }
            row
        };
        let rows = [0, 1].into_iter().flat_map(|of| (0..ROWS).map(move |line| (of, line))).map(row).collect();
        let key = legend([(key_right(), Status::Normal), (key_wrong(), Status::Trouble)]);
        let title = Label::Words(copies_title(w.now().since(self.made)));
        Panel::Grid(Grid { title, rows, columns: COLUMNS, tall: false, key }.into())
    }

    fn chart(&self, now: Time) -> Panel {
        let ages = || (0..=60).map(f64::from);
        let line = |label, status, of: usize| {
            let points = ages().map(|age| (age as f32, self.theory(age)[of] as f32)).collect();
            CurveLine { label: Label::Words(label), status, points, dots: false }
        };
        let dots = |of: usize| self.counted.iter().map(move |&(age, shares)| (age, shares[of])).collect();
        let counted = |label, of| CurveLine { label, status: Status::Normal, points: dots(of), dots: true };
        let lines = vec![
            line(line_stock(), Status::Trouble, 0),
            line(line_price(), Status::Active, 1),
            counted(Label::Words(line_counted()), 0),
            counted(Label::Plain(String::new()), 1),
        ];
        let axis = |label, unit, ends| Axis { label: Label::Words(label), unit, ends, log: false };
        let x = axis(axis_age(), Unit::Time, (0.0, RUN));
        let y = axis(axis_wrong(), Unit::Share, (0.0, 1.0));
        let now = Some(now.since(self.made).secs());
        Panel::Chart(Chart::Curves(Curves { title: Label::Words(curve_title()), x, y, lines, now }.into()))
    }
}

impl Experiment for Ageing {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("ageing-copies", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(12))
            .speed(2.0);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        for kind in [STOCK_COPY, PRICE_COPY] {
            (0..ITEMS).for_each(|_| _ = w.open(kind, None));
        }
        let lives = [controls.price_life, controls.stock_life];
        w.schedule(EVERY, Event::Measure);
        Ok(Self {
            controls: controls.clone(),
            catalogue: Catalogue::new(ITEMS, lives, w, Event::Change),
            made: Time::ZERO,
            counted: Vec::new(),
        })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Change(of) => self.catalogue.change(of, w, Event::Change),
            Event::Measure => {
                let shares = [0, 1].map(|of| self.share(of, w) as f32);
                self.counted.push((w.now().since(self.made).secs() as f32, shares));
                w.schedule(EVERY, event);
            }
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        if self.lives() != [was.price_life, was.stock_life] {
            // Another curve, from its beginning.
            (0..ITEMS).for_each(|item| (0..2).for_each(|of| self.catalogue.see(of, item, w.now())));
            self.made = w.now();
            self.counted.clear();
            self.catalogue.set_lives(self.lives(), w, Event::Change);
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("stock-wrong", self.share(0, w));
        out.put("price-wrong", self.share(1, w));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![self.grid(w), self.chart(w.now())];
        let theory = self.theory(w.now().since(self.made).secs()).map(|share| (rounded(share), Unit::Share));
        let shares = [0, 1].map(|of| (rounded(self.share(of, w)), Unit::Share));
        scene.sentences = vec![says_wrong(shares[0], theory[0]), says_prices(shares[1], theory[1])];
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let n = entity.n as usize;
        let copy = |of: usize| {
            let is_wrong = self.catalogue.copy(FACTS[of], entity.n, w.now()).1;
            if is_wrong { about_wrong() } else { about_right() }
        };
        Some(About::says([match entity.kind {
            COPIES if n < 2 => about_copies(self.wrong(n, w), ITEMS),
            STOCK_COPY if entity.n < ITEMS => copy(0),
            PRICE_COPY if entity.n < ITEMS => copy(1),
            _ => return None,
        }]))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let ages = (0..2).map(|of| self.catalogue.copy(of, 0, w.now()).0);
        let made = w.now().since(self.made);
        if ages.into_iter().all(|age| age == made) {
            Ok(())
        } else {
            Err(format!("not all are {made:?} old"))
        }
    }
}

fn rounded(share: f64) -> f64 {
    libm::round(share * 1000.0) / 1000.0
}
