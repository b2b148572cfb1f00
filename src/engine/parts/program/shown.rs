//! What is to be seen and said of a machine: its memory and buffers, its threads and their instructions.

use super::{
    Explored, Machine, about_instruction, about_other_line, about_runs_next, does_drain, thread_finished,
    thread_waits,
};
use crate::player::About;
use crate::scene::{Label, Panel, Status, ValueBox, ValueRow, Values};
use crate::sim::{Entity, Msg};

impl Explored<Machine> {
    /// What memory has and what waits on its way there, as a panel. `memory` has the variables to be shown, as the figure's
    /// entities in the order of the machine's, and whether something is wrong with them; `cell` is how one with a value is
    /// written, and `verdict` how it came out, if that is known.
    pub fn values(
        &self,
        title: Msg,
        memory: impl Iterator<Item = (Entity, bool)>,
        cell: impl Fn(u8, u8) -> String,
        verdict: Option<(Msg, Status)>,
    ) -> Panel {
        let (machine, program) = (&self.state, &self.program);
        let threads = machine.threads.len() as u32;
        let variable = |(entity, wrong): (Entity, bool)| {
            let (variable, is) = (entity.n as u8, machine.value(entity.n as u8) as u8);
            let status = match () {
                () if wrong => Status::Trouble,
                // Some thread reads another value there.
                () if (0..threads).any(|n| machine.reads(n, variable) != is) => Status::Active,
                () => Status::Normal,
            };
            ValueBox { entity, text: cell(variable, is), status }
        };
        // The oldest store stands for what the buffer does next.
        let buffer = |n: u32| {
            let entity = program.thread(threads + n);
            let waits = |(k, &(variable, value)): (usize, &(u8, u8))| {
                let next = (program.instruction(threads + n, 0), Status::Active);
                let (entity, status) = if k == 0 { next } else { (entity, Status::Normal) };
                ValueBox { entity, text: cell(variable, value), status }
            };
            let boxes = machine.threads[n as usize].buffer.iter().enumerate().map(waits).collect();
            ValueRow { name: Some((entity, Label::Name(entity))), boxes }
        };
        let buffers = (0..threads).filter(|n| threads + n < program.threads.len() as u32).map(buffer);
        let memory = ValueRow { name: None, boxes: memory.map(variable).collect() };
        let verdict = verdict.map(|(says, status)| (Label::Words(says), status));
        let rows = [memory].into_iter().chain(buffers).collect();
        Panel::Values(Values { title: Label::Words(title), verdict, rows }.into())
    }

    /// What is to be said of a thread or an instruction, given the variables' names; `None` for anything else.
    pub fn about(&self, entity: Entity, names: &[&str]) -> Option<About> {
        let program = &self.program;
        let Some((n, line)) = program.line_of(entity) else {
            let says = program.about(entity)?;
            let waits = program.number(entity).and_then(|n| self.waits_for(n));
            return Some(About::says([says].into_iter().chain(waits).collect::<Vec<_>>()));
        };
        let (thread, code) = (program.thread(n), program.code(n)[line as usize].trim().to_owned());
        // A buffer has but one line, and takes it as often as it holds something.
        let op = self.state.threads.get(n as usize).map(|thread| thread.code[line as usize]);
        let now = match () {
            () if program.is_finished(n) => Some(thread_finished(thread)),
            () if program.line(n) != line => Some(about_other_line(thread, program.line(n) + 1)),
            () if self.can_run(n) => Some(about_runs_next()),
            () => op.map(|_| self.waits_for(n).unwrap_or_else(|| thread_waits(thread))),
        };
        let does = op.map_or_else(does_drain, |op| op.does(names));
        let says = [about_instruction(thread, line + 1, code), does].into_iter().chain(now);
        Some(About::says(says.collect::<Vec<_>>()))
    }

    fn waits_for(&self, n: u32) -> Option<Msg> {
        self.state.waits_for(n, |thread| self.program.thread(thread))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Machine, Op, Program, Scheduler, SmallState};
    use super::*;
    use crate::sim::{Span, World};

    const TEXTS: &[&str] = &["lock(m)", "x = 1", "unlock(m)"];
    const CODE: &[Op] = &[Op::Lock(1), Op::Set(0, 1), Op::Unlock(1)];
    const DRAIN: &[&str] = &["drain"];
    const NAMES: [&str; 2] = ["x", "m"];

    fn cell(variable: u8, value: u8) -> String {
        format!("{}={value}", NAMES[usize::from(variable)])
    }

    /// Two threads with store buffers; these have run.
    fn after(ran: &[u32]) -> Explored<Machine> {
        let mut world: World<u32> = World::new(1);
        let program = Program::new((0, 1), Span::from_secs(1), &[TEXTS, TEXTS, DRAIN, DRAIN]);
        let machine = Machine::new(&[CODE; 2], 0..3, 1, true);
        let program = program.with_helpers(2, 2);
        let mut it = Explored::start(program, machine, |_| false, Scheduler::ByHand, &mut world, |turn| turn);
        for &n in ran {
            world.settle(world.now() + Span::from_secs(1));
            it.step(n, |_, _| Status::Active, &mut world, |turn| turn).expect("it can run");
        }
        it
    }

    fn says(it: &Explored<Machine>, entity: Entity) -> Vec<String> {
        let about = it.about(entity, &NAMES).expect("there is something to say");
        about.sentences.iter().map(|msg| msg.id.to_string()).collect()
    }

    #[test]
    fn an_instruction_says_what_it_does_and_whether_it_can_run_now() {
        let it = after(&[0, 0]);
        let line = |thread, line| says(&it, it.program.instruction(thread, line));
        assert_eq!(line(0, 0), ["about-instruction", "does-lock", "about-other-line"]);
        assert_eq!(line(0, 2), ["about-instruction", "does-unlock", "about-waits-for-buffer"]);
        assert_eq!(line(1, 0), ["about-instruction", "does-lock", "about-waits-for"]);
        assert_eq!(line(2, 0), ["about-instruction", "does-drain", "about-runs-next"]);
        assert_eq!(line(3, 0), ["about-instruction", "does-drain"], "an empty buffer waits for nothing");
        assert_eq!(says(&it, it.program.thread(1)), ["about-next", "about-waits-for"]);
        assert_eq!(says(&after(&[0, 0, 2, 0]), it.program.thread(0)), ["about-finished"]);
    }

    #[test]
    fn a_step_says_what_it_read_or_wrote() {
        let did = |ran: &[u32], n: u32| {
            let was = after(ran).state;
            let is = was.step(n).expect("it can run");
            let msg = was.did(&is, n, "code", cell);
            let shown = msg.args.last().map(|(_, arg)| format!("{arg:?}")).unwrap_or_default();
            (msg.id.to_string(), shown)
        };
        assert_eq!(did(&[], 0), ("step-wrote".into(), "Text(\"m=1\")".into()));
        assert_eq!(did(&[0], 0), ("step-buffered".into(), "Text(\"x=1\")".into()));
        assert_eq!(did(&[0, 0], 2), ("step-drained".into(), "Text(\"x=1\")".into()));
    }

    #[test]
    fn memory_and_what_waits_in_each_buffer_are_in_the_picture() {
        let it = after(&[0, 0]);
        let memory = (0..2).map(|n| (Entity::new(3, n), false));
        let Panel::Values(values) = it.values(Msg::new("memory"), memory, cell, None) else {
            panic!("values are values")
        };
        let texts = |row: &ValueRow| row.boxes.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
        assert_eq!(
            values.rows.iter().map(texts).collect::<Vec<_>>(),
            [vec!["x=0", "m=1"], vec!["x=1"], vec![]]
        );
        // Pressing the oldest store sends it on; memory has what a thread sees otherwise.
        assert_eq!(values.rows[1].boxes[0].entity, it.program.instruction(2, 0));
        assert_eq!(it.choices("step")[0].pressed, it.program.instruction(2, 0));
        assert_eq!(values.rows[0].boxes[0].status, Status::Active);
    }
}
