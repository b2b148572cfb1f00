//! A flash sale: more buyers in a second than one locked row of stock can serve, and three ways to take an item from it.
//!
//! ```text
//!   buyers ── 40 ms ── queue ─ threads of the shop ─┬─ lock of the row of stock
//!                                                   ├─ a copy of the stock, up to a second old ─ order
//!                                                   └─ a counter in memory, exact ─ order
//! ```
//!
//! A buyer is told yes, no, or nothing, and keeps a thread until then. Leaves out: buyers who try again, payments that fail,
//! a counter that takes time (it does so many times what is asked here) or is lost with its machine, and bots.

use crate::lessons::prelude::*;

kinds! {
    KINDS;
    BUYER = "buyer", Numbers;
    BUYERS_KIND = "buyers", Only; SHOP_KIND = "shop", Only; COPY_KIND = "copy", Only; COUNTER_KIND = "counter", Only;
    ROW = "row", Letters;
    CAUSE = "cause", Words(LOSSES.names);
}

losses! {
    LOSSES of CAUSE;
    REFUSED = 1, "queue-full";
    GAVE_UP = 2, "gave-up";
}

const BOUGHT: EndKind = EndKind(0);
const SOLD_OUT: EndKind = EndKind(3);
/// Told yes, although nothing was left.
const OVERSOLD: EndKind = EndKind(4);
const BUYERS: Entity = Entity::new(BUYERS_KIND, 0);
const SHOP: Entity = Entity::new(SHOP_KIND, 0);
const COPY: Entity = Entity::new(COPY_KIND, 0);
const COUNTER: Entity = Entity::new(COUNTER_KIND, 0);
/// From the buyers to the shop, or back.
const HOP: Span = Span::from_millis(40);
/// The shop's own work for a buyer.
const OWN_WORK: Dist = Dist::Exponential(0.03);
/// A transaction keeps the row's lock: read, compare, write, commit to disk and to a standby.
const LOCKED: Span = Span::from_millis(8);
/// To write an order that competes with no other.
const ORDER: Span = Span::from_millis(4);
/// The copy is made anew so often.
const REFRESH: Span = Span::from_secs(1);
/// How long a buyer waits: hardly anybody gives up within one or two seconds.
const PATIENCE: Dist = Dist::Erlang { stages: 4, mean: 10.0 };
const ITEMS: u32 = 600;
const MOST_ROWS: u32 = 8;
const THREADS: u32 = 8;
/// When the sale begins and ends. Before and after it a tenth of the buyers come; the items are there when it begins.
const SALE: [Time; 2] = [Time::from_secs(2), Time::from_secs(22)];
const WORK: Purpose = Purpose::named("own work");
const CHOOSES: Purpose = Purpose::named("chooses");
const WAITS: Purpose = Purpose::named("patience");

choices! {
    /// How the shop takes one item from the stock.
    pub enum Stock {
        Row = "row", "Lock the row";
        Copy = "copy", "Look at a copy";
        Counter = "counter", "Count in memory";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub load: f64 = Control::number("load", "Buyers in the sale", Unit::Rate, (10.0, 800.0), 10.0, 400.0)
            .help("Buyers a second while the sale is on; before and after it a tenth of that.").primary(),
        pub stock: Stock = Control::choice("stock", "Taking stock", Stock::OPTIONS, "row")
            .help("Lock the row in the database; look at a copy that is up to 1 s old, then write the order; or count down in memory, then write the order.").primary(),
        pub servers: u32 = Control::number("servers", "Servers", Unit::Count, (1.0, 12.0), 1.0, 1.0)
            .help("Servers of the shop, with 8 threads each.").primary(),
        pub queue: u32 = Control::number("queue", "Room to wait", Unit::Count, (0.0, 5000.0), 20.0, 200.0)
            .help("Buyers who can wait for a thread of the shop; the next is refused."),
        pub rows: u32 = Control::number("rows", "Rows of stock", Unit::Count, (1.0, MOST_ROWS as f64), 1.0, 1.0)
            .help("Rows that the items are spread over, such as blocks of seats. A buyer wants one of them and no other."),
    }
}

readings! {
    READINGS;
    Reading::new("left", "left", Unit::Count, "Items that nobody has bought yet.");
    Reading::measured("oversold", "oversold", Statistic::Count, "Buyers so far who were told yes although nothing was left.")
        .of(BUYER, &[OVERSOLD]).so_far().trouble_from(1.0);
    Reading::new("told", "told yes or no", Unit::Share, "Share of all buyers so far who were told yes or no, and correctly.").so_far();
    Reading::measured("p99", "p99", Statistic::Quantile(0.99), "99 % of the buyers who were told yes or no, so far, waited at most this long.")
        .of(BUYER, &[BOUGHT, SOLD_OUT, OVERSOLD]).so_far().trouble_from(1.0);
    Reading::measured("told-yes", "told yes", Statistic::Rate, "Buyers a second who were told yes, over the last second.")
        .of(BUYER, &[BOUGHT, OVERSOLD]).last(1.0);
    Reading::measured("told-no", "told no", Statistic::Rate, "Buyers a second who were told that all is sold, over the last second.")
        .of(BUYER, &[SOLD_OUT]).last(1.0);
    Reading::measured("told-nothing", "told nothing", Statistic::Rate, "Buyers a second who were refused or gave up, over the last second.")
        .of(BUYER, &[REFUSED, GAVE_UP]).last(1.0).trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    note_left(left: u32); only_row(); row_yes(); row_no(); row_wrongly(); chart_answers(); told_yes(); told_no(); told_nothing();
    says_before(); says_selling(left: u32, waiting: usize); says_sold_out(waiting: usize); says_oversold(oversold: u64);
    mark_sale(); mark_sale_over(); mark_sold_out(row: Entity);
    step_saw(left: u32, at: Entity); step_bought(row: Entity, left: u32); step_too_late(row: Entity); step_nothing_left(row: Entity);
    about_buyers(came: u32); about_seen(left: u32);
    judge_oversold(oversold: (f64, Unit), bound: (f64, Unit)); judge_told(told: (f64, Unit), bound: (f64, Unit));
    judge_p99(p99: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Arrival,
    /// The sale begins, or ends.
    Sale(bool),
    AtShop(Entity),
    /// A thread has done the shop's own work.
    Worked(Entity),
    Committed(Entity),
    Ordered(Entity),
    Refresh,
    GivesUp(Entity),
    Told(Entity),
}

#[derive(Clone, Debug)]
pub(super) struct StockRow {
    pub(super) lock: Station<Event>,
    pub(super) left: u32,
    sold: u32,
    /// Promised to buyers whose orders are being written.
    promised: u32,
    /// How many were left when the copy was made.
    copy: u32,
}

/// Left, and promised to nobody: what the counter says.
fn free(row: &StockRow) -> u32 {
    row.left.saturating_sub(row.promised)
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct FlashSale {
    controls: ControlValues,
    arrivals: Arrivals,
    /// Each carries a number that says which row its buyer wants, however many there are.
    journeys: Journeys<u32>,
    shop: Station<Event>,
    pub(super) rows: Vec<StockRow>,
}

fn row(n: usize) -> Entity {
    Entity::new(ROW, n as u32)
}

impl FlashSale {
    fn rate(&self, now: Time) -> f64 {
        let on = SALE[0] <= now && now < SALE[1];
        if on { self.controls.load } else { self.controls.load / 10.0 }
    }

    fn sum(&self, of: fn(&StockRow) -> u32) -> u32 {
        self.rows.iter().map(of).sum()
    }

    /// Spreads what is left and promised to nobody over the rows in use.
    fn spread(&mut self, free: u32) {
        let open = self.controls.rows;
        for (n, row) in (0..).zip(&mut self.rows) {
            let share = free / open + u32::from(n < free % open);
            row.left = row.left.min(row.promised) + if n < open { share } else { 0 };
        }
    }

    /// The row that a buyer wants; once it has come there, it is where it is.
    fn wanted(&self, buyer: Entity) -> usize {
        let Some(journey) = self.journeys.get(buyer) else { return 0 };
        let place = journey.place.node();
        (if place.kind == ROW { place.n } else { journey.carries % self.controls.rows }) as usize
    }

    fn arrival(&mut self, w: &mut W) {
        self.arrivals.arrived(w, Event::Arrival);
        let next = Entity::new(BUYER, w.tally(BUYER).opened() as u32);
        let buyer = self.journeys.begin(w.draws(CHOOSES, next).below(MOST_ROWS), BUYERS, w);
        self.journeys.expect(buyer, PATIENCE.span(&mut w.draws(WAITS, buyer)), w, Event::GivesUp(buyer));
        self.journeys.send(buyer, SHOP, HOP, w, Event::AtShop(buyer));
    }

    fn at_shop(&mut self, buyer: Entity, w: &mut W) {
        self.journeys.arrive(buyer, w.now());
        let takes = OWN_WORK.span(&mut w.draws(WORK, buyer));
        if !self.shop.offer(buyer, takes, w, Event::Worked(buyer)).is_accepted() {
            self.tell(buyer, REFUSED, w);
        }
    }

    fn worked(&mut self, buyer: Entity, w: &mut W) {
        let at = self.wanted(buyer);
        match self.controls.stock {
            Stock::Copy => self.order(buyer, self.rows[at].copy, COPY, w),
            Stock::Counter => self.order(buyer, free(&self.rows[at]), COUNTER, w),
            Stock::Row => {
                self.journeys.enter(buyer, row(at), w.now());
                let offer = self.rows[at].lock.offer(buyer, LOCKED, w, Event::Committed(buyer));
                debug_assert!(offer.is_accepted(), "its queue has no bound");
            }
        }
    }

    /// A buyer's order is written, without a lock, if some are left by what has been seen somewhere.
    fn order(&mut self, buyer: Entity, left: u32, seen_at: Entity, w: &mut W) {
        w.record_step(buyer, || (step_saw(left, seen_at), None));
        if left == 0 {
            return self.tell(buyer, SOLD_OUT, w);
        }
        let at = self.wanted(buyer);
        self.rows[at].promised += 1;
        self.journeys.enter(buyer, row(at), w.now());
        w.schedule(ORDER, Event::Ordered(buyer));
    }

    /// A buyer takes an item from its row, if one is left: under the lock, or as it was promised.
    fn take(&mut self, buyer: Entity, promised: bool, w: &mut W) {
        let at = self.wanted(buyer);
        let it = &mut self.rows[at];
        it.promised -= u32::from(promised);
        let (outcome, what) = match if promised { it.left } else { free(it) } {
            0 if promised => (OVERSOLD, step_too_late(row(at))),
            0 => (SOLD_OUT, step_nothing_left(row(at))),
            _ => (BOUGHT, step_bought(row(at), it.left - 1)),
        };
        if outcome == BOUGHT {
            it.left -= 1;
            it.sold += 1;
            if it.left == 0 {
                w.notable(row(at), mark_sold_out(row(at)));
            }
        }
        w.record_step(buyer, || (what, None));
        self.tell(buyer, outcome, w);
    }

    /// The buyer's thread is free, and the buyer is told, if there is still somebody to be told.
    fn tell(&mut self, buyer: Entity, outcome: EndKind, w: &mut W) {
        self.shop.done(buyer, w);
        if self.journeys.get(buyer).is_some_and(|journey| !journey.awaited) {
            return self.journeys.forget(buyer);
        }
        self.journeys.turn_back(buyer, outcome);
        self.journeys.enter(buyer, SHOP, w.now());
        self.journeys.send(buyer, BUYERS, HOP, w, Event::Told(buyer));
    }

    fn flow(&self, now: Time) -> Panel {
        let says = |at, left| vec![Node::new(at).shaped(Shape::Cache).note(Label::Words(note_left(left)))];
        let memory = match self.controls.stock {
            Stock::Row => None,
            Stock::Copy => Some(says(COPY, self.sum(|row| row.copy))),
            Stock::Counter => Some(says(COUNTER, self.sum(free))),
        };
        let rows = (0..self.controls.rows as usize).map(|n| {
            let node = self.rows[n].lock.node(Some(Label::Words(note_left(self.rows[n].left))), now);
            let crowded = self.rows[n].lock.waiting().len() > 4;
            let status = if crowded { Status::Trouble } else { Status::Normal };
            let label = if self.controls.rows == 1 { Label::Words(only_row()) } else { node.label };
            Node { status, label, shape: Shape::Database, ..node }
        });
        let buyers = Node::new(BUYERS).shaped(Shape::Client).note(Label::Value(self.rate(now), Unit::Rate));
        let shop = self.shop.node(None, now);
        let front = [buyers, shop].map(|node| vec![self.journeys.with_badge(node, now)]);
        let tiers = front.into_iter().chain(memory).chain([rows.collect()]);
        Panel::Flow(Flow::through(tiers, self.journeys.packets()))
    }
}

impl Experiment for FlashSale {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("flash-sale", Time::from_secs(40), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(3_500))
            .warm_up(SALE[0])
            .speed(0.5);
    const MESSAGES: &'static [&'static [Message]] =
        &[MESSAGES, LOSSES.messages, journeys::MESSAGES, station::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let empty = |lock| StockRow { lock, left: 0, sold: 0, promised: 0, copy: 0 };
        w.schedule_at(SALE[0], Event::Sale(true));
        w.schedule_at(SALE[1], Event::Sale(false));
        w.schedule(Span::ZERO, Event::Refresh);
        Ok(Self {
            controls: controls.clone(),
            arrivals: Arrivals::poisson(BUYER, controls.load / 10.0, w, Event::Arrival),
            journeys: Journeys::new(BUYER, LOSSES),
            shop: Station::new(SHOP, controls.servers * THREADS, Some(controls.queue)),
            rows: (0..MOST_ROWS as usize).map(|n| empty(Station::new(row(n), 1, None))).collect(),
        })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Arrival => self.arrival(w),
            Event::Sale(begins) => {
                self.arrivals.set_rate(self.rate(w.now()), w, Event::Arrival);
                if begins {
                    self.spread(ITEMS);
                }
                w.notable(BUYERS, if begins { mark_sale() } else { mark_sale_over() });
            }
            Event::AtShop(buyer) => self.at_shop(buyer, w),
            Event::Worked(buyer) => self.worked(buyer, w),
            Event::Committed(buyer) => {
                let at = self.wanted(buyer);
                self.rows[at].lock.done(buyer, w);
                self.take(buyer, false, w);
            }
            Event::Ordered(buyer) => self.take(buyer, true, w),
            Event::Refresh => {
                self.rows.iter_mut().for_each(|row| row.copy = row.left);
                w.schedule(REFRESH, Event::Refresh);
            }
            Event::GivesUp(buyer) => self.journeys.give_up(buyer, GAVE_UP, w),
            Event::Told(buyer) => _ = self.journeys.end(buyer, w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.arrivals.set_rate(self.rate(w.now()), w, Event::Arrival);
        self.shop.set_capacity(Some(is.queue));
        self.shop.set_workers(is.servers * THREADS, w);
        if was.rows != is.rows {
            self.spread(self.sum(free));
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let tally = w.tally(BUYER);
        let told = (tally.closed(BOUGHT) + tally.closed(SOLD_OUT)) as f64;
        out.put("told", (tally.opened() > 0).then(|| told / tally.opened() as f64));
        out.put("left", f64::from(self.sum(|row| row.left)));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let answers = [(BOUGHT, row_yes()), (SOLD_OUT, row_no()), (OVERSOLD, row_wrongly())];
        let told =
            [("told-yes", Status::Active), ("told-no", Status::Quiet), ("told-nothing", Status::Trouble)];
        scene.panels = vec![
            self.flow(w.now()),
            self.journeys.answers(BUYERS, w, answers),
            self.journeys.ledger(),
            Panel::series(chart_answers(), Unit::Rate, told, Self::SPEC.until),
        ];
        let waiting = self.shop.waiting().len();
        scene.sentences.push(match self.sum(|row| row.left) {
            _ if w.now() < SALE[0] => says_before(),
            0 => says_sold_out(waiting),
            left => says_selling(left, waiting),
        });
        let oversold = w.tally(BUYER).closed(OVERSOLD);
        scene.sentences.extend((oversold > 0).then(|| says_oversold(oversold)));
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let seen = |left| Some(About::says([about_seen(left)]));
        let locks = self.rows.iter().map(|row| &row.lock);
        match entity {
            BUYERS => Some(About::says([about_buyers(self.arrivals.arrived_so_far())])),
            COPY => seen(self.sum(|row| row.copy)),
            COUNTER => seen(self.sum(free)),
            _ => self.journeys.about_at(entity, w, &locks.chain([&self.shop])),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.journeys.invariants(w)?;
        self.shop.invariants()?;
        self.rows.iter().try_for_each(|row| row.lock.invariants())?;
        let (left, sold) = (self.sum(|row| row.left), self.sum(|row| row.sold));
        let right = [0, ITEMS].contains(&(left + sold)).then_some(());
        right.ok_or_else(|| format!("{left} left and {sold} sold of {ITEMS}"))
    }
}
