//! `lab bench`: how fast the kernel and the figures are, measured beside what they are held against.
//!
//! Measured in turn, round by round in one process, and told as medians: a machine that is busy for a while is busy for
//! all of them.

mod figures;
mod hold;
mod mm1;

pub use mm1::{Measured, bare, kernel};

use super::args::{BenchArgs, OneBench};
use super::report::print_json;
use super::{CommandError, Terminal, inputs};
use crate::sim::Seed;
use serde::Serialize;

/// The kernel makes at least this share of the bare loop's events a second.
const KERNEL_BAR: f64 = 0.6;
/// With many events pending, the kernel is at most this much slower than on M/M/1.
const HOLD_BAR: f64 = 4.0;
/// Rounds, of which the median counts.
const ROUNDS: u64 = 9;
/// Customers of one round of M/M/1: a quarter of a second at most.
const CUSTOMERS: u32 = 1_000_000;
/// Events of one round of the hold model.
const HOLD_EVENTS: u64 = 1_000_000;
/// Pending events of the hold model.
const HOLD_PENDING: u32 = 100_000;

/// What `lab bench --json` prints; rates are events a second.
#[derive(Debug, Serialize)]
struct Report {
    /// M/M/1 through the interface that lessons use, with hash and histogram.
    mm1: f64,
    /// The same on a bare 4-ary heap.
    bare: f64,
    /// The first by the second, and what it has to be at least.
    ratio: f64,
    ratio_bar: f64,
    /// Hold model with 100,000 pending events.
    hold: f64,
    /// M/M/1 by hold, and what it has to be at most.
    hold_factor: f64,
    hold_bar: f64,
    /// Default runs of every figure, through a session.
    figures: Vec<figures::FigureRate>,
}

pub(super) fn bench(args: &BenchArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    if let Some(OneBench::Mm1 { customers, seed }) = &args.one {
        let measured = mm1::kernel(*customers, inputs::seed(seed)?);
        let (events, secs) = (measured.events, measured.elapsed.as_secs_f64());
        writeln!(terminal.out, "RESULT {events} {secs:.6} {:.9}", measured.mean_wait)?;
        return Ok(());
    }
    let (mut mm1, mut bare, mut hold) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        terminal.progress(&format!("kernel: round {} of {ROUNDS}", round + 1));
        let seed = Seed(round + 1);
        mm1.push(mm1::kernel(CUSTOMERS, seed).rate());
        bare.push(mm1::bare(CUSTOMERS, seed).rate());
        hold.push(hold::rate(HOLD_PENDING, HOLD_EVENTS, seed));
    }
    let (mm1, bare, hold) = (median(mm1), median(bare), median(hold));
    let figures = figures::rates(terminal)?;
    terminal.progress("");
    let report = Report {
        mm1,
        bare,
        ratio: mm1 / bare,
        ratio_bar: KERNEL_BAR,
        hold,
        hold_factor: mm1 / hold,
        hold_bar: HOLD_BAR,
        figures,
    };
    if args.json {
        print_json(&report, terminal.out)?;
    } else {
        print(&report, terminal)?;
    }
    if report.ratio >= KERNEL_BAR && report.hold_factor <= HOLD_BAR {
        Ok(())
    } else {
        Err(CommandError::Told)
    }
}

fn print(report: &Report, terminal: &mut Terminal) -> std::io::Result<()> {
    let out = &mut *terminal.out;
    let millions = |rate: f64| format!("{:6.2} M events/s", rate / 1e6);
    writeln!(out, "M/M/1, lessons' interface   {}", millions(report.mm1))?;
    writeln!(out, "M/M/1, bare 4-ary heap      {}", millions(report.bare))?;
    writeln!(out, "  ratio {:.2}; the bar is at least {KERNEL_BAR}", report.ratio)?;
    writeln!(out, "hold, 100,000 pending       {}", millions(report.hold))?;
    writeln!(out, "  {:.2} times slower than M/M/1; the bar is at most {HOLD_BAR}", report.hold_factor)?;
    for figure in &report.figures {
        match figure.rate {
            Some(rate) => writeln!(out, "{:27} {}", figure.id, millions(rate))?,
            None => writeln!(out, "{:27} no events by itself", figure.id)?,
        }
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
