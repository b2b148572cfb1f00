//! The command line, as clap reads it.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Runs, questions, checks and measures the figures of Backend Playground in a terminal.
#[derive(Debug, Parser)]
#[command(
    name = "lab",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 all is well; 1 something was found wrong or refused; 2 the command line can't be \
                  understood."
)]
pub struct Lab {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists every figure with its controls, actions and readings
    List(ListArgs),
    /// Runs a figure and prints its readings, number of events and hash
    Run(RunArgs),
    /// Tells what happened to one thing of a run, and why
    Explain(ExplainArgs),
    /// Varies one control over its range and prints what the readings come to, over several seeds
    Sweep(SweepArgs),
    /// Judges a setting for a challenge: exit code 0 if it passes
    Judge(JudgeArgs),
    /// Computes the run that a link holds and prints what it shows
    Open(OpenArgs),
    /// Checks every lesson's file: names file, line and field of what is wrong
    Check(CheckArgs),
    /// Holds the mechanisms against outside truths
    Oracle(OracleArgs),
    /// Measures how many events a second figures and kernel make
    Bench(BenchArgs),
    /// Runs the recorded runs again and compares hashes and readings; and whether challenges are as they were judged
    Golden(GoldenArgs),
    /// Begins a lesson: its text, and a folder with a first figure
    New(NewArgs),
    /// Writes the workers' binaries, and trunk's lines for them, from the table in Cargo.toml
    Generate,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The folder of lessons; by default that of the project
    #[arg(long, value_name = "DIR")]
    pub lessons: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct OracleArgs {
    /// A folder with data files that suites need; can be given more than once
    #[arg(long, value_name = "DIR")]
    pub data: Vec<PathBuf>,
    /// Files of suites, as tests/oracles has them
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct GoldenArgs {
    /// Record runs of figures that have none, and of raised versions; judge challenges that are new or changed
    #[arg(long)]
    pub write: bool,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// Chapter and lesson, as in their paths: architecture/load-balancing
    #[arg(value_name = "CHAPTER/SLUG")]
    pub path: String,
    /// Id of the lesson's first figure: permanent, lower-case words joined by hyphens; by default that of the lesson
    #[arg(value_name = "FIGURE")]
    pub figure: Option<String>,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What determines a run, on the command line.
#[derive(Debug, Args)]
pub struct RunDescription {
    /// The figure's id; `lab list` shows them
    pub figure: String,
    /// A whole number, or a seed's name like k7-otter
    #[arg(long, value_name = "N|NAME", default_value = "1", allow_negative_numbers = true)]
    pub seed: String,
    /// A control's value at the start; can be given more than once
    #[arg(long, value_name = "ID=VALUE")]
    pub set: Vec<String>,
    /// A control moved at a moment ('--at 20s load=0.5'), or something done to the system ('--at 20s kill=server:C',
    /// '--at 1.5min slow=C:4'); in the order given
    #[arg(long, num_args = 2, value_names = ["TIME", "ID=VALUE|ACTION=ENTITY[:ARG]"])]
    pub at: Vec<String>,
    /// The moment to stop at; by default the end of the figure's run
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// An access log or CSV to replay, for figures that take one
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub course: RunDescription,
    /// The value of a control in a run to compare with, all else the same; can be given more than once
    #[arg(long, value_name = "ID=VALUE")]
    pub against: Vec<String>,
    /// Print a link to this run, too
    #[arg(long)]
    pub link: bool,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub course: RunDescription,
    /// Who: kind and name, 'request:17' or 'server:C'; the name alone where only one kind has such names
    pub entity: String,
}

#[derive(Debug, Args)]
pub struct SweepArgs {
    /// The figure's id; `lab list` shows them
    pub figure: String,
    /// The control, and for a number the part of its range and how many values to try, 11 by default:
    /// 'load', 'load=100/s..200/s', 'load=100/s..200/s,6'
    #[arg(long, value_name = "ID[=FROM..TO[,POINTS]]")]
    pub vary: String,
    /// How many seeds at each value: the first one, and those that follow it
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub seeds: u16,
    /// A reading to print; can be given more than once; all by default
    #[arg(long, value_name = "ID")]
    pub reading: Vec<String>,
    /// Another control's value; can be given more than once
    #[arg(long, value_name = "ID=VALUE")]
    pub set: Vec<String>,
    /// The first seed: a whole number, or a seed's name like k7-otter
    #[arg(long, value_name = "N|NAME", default_value = "1", allow_negative_numbers = true)]
    pub seed: String,
    /// An access log or CSV to replay in every run, for figures that take one
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Print comma-separated values, in the units' bases
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, Args)]
pub struct JudgeArgs {
    /// The figure's id
    pub figure: String,
    /// The challenge's id; `lab list` shows them
    pub challenge: String,
    /// The value of a control that the challenge leaves free; can be given more than once
    #[arg(long, value_name = "ID=VALUE")]
    pub set: Vec<String>,
    /// A run whose free controls are judged: a link's code, the fragment '#figure=code', or a whole address
    #[arg(long, value_name = "LINK")]
    pub link: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct OpenArgs {
    /// A link: its code, the fragment '#figure=code', or a whole address
    pub link: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub one: Option<OneBench>,
}

#[derive(Debug, Subcommand)]
pub enum OneBench {
    /// M/M/1 from empty to empty with λ = 0.9 and μ = 1: prints 'RESULT <events> <seconds> <mean wait>'
    Mm1 {
        /// Customers; a run has twice as many events
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        customers: u32,
        /// A whole number, or a seed's name like k7-otter
        seed: String,
    },
}
