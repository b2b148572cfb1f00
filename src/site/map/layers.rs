//! Where each lesson stands on the map, and where the lines between them run: in layers, so that every line leads from left
//! to right, and in each layer in such an order that few lines cross (Sugiyama, Tagawa, Toda 1981: barycentres).

use crate::course::{Course, Lesson};
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::BTreeSet;

/// Room for a line that passes through a layer, when a lesson takes 1.
const PASSING: f32 = 0.3;
/// So often the layers are put in order, there and back.
const SWEEPS: usize = 12;

/// What has a place in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Lesson(NodeIndex),
    /// The line that leads from a lesson further on, past this layer.
    Passing(NodeIndex),
}

impl Slot {
    fn room(self) -> f32 {
        match self {
            Self::Lesson(_) => 1.0,
            Self::Passing(_) => PASSING,
        }
    }
}

/// A lesson on the map.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub lesson: &'a Lesson,
    /// Its layer, from the left: how many steps it takes from a lesson that needs no other.
    pub layer: usize,
    /// The middle of its row, in rows from the top.
    pub row: f32,
}

/// A piece of line, from a layer to the next.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The lesson that it comes from, `chapter/slug`.
    pub from: String,
    /// The lessons that it leads to.
    pub to: Vec<String>,
    /// The layer that it leaves.
    pub layer: usize,
    /// Its rows, there and in the next.
    pub rows: [f32; 2],
    /// It goes on through the next layer.
    pub passes: bool,
}

/// The map.
#[derive(Clone, Debug)]
pub(super) struct Layers<'a> {
    pub lessons: Vec<Placed<'a>>,
    pub lines: Vec<Piece>,
    /// How many layers.
    pub columns: usize,
    /// How many rows the highest layer has.
    pub rows: f32,
}

impl<'a> Layers<'a> {
    /// Of a course whose prerequisites have no cycle; lessons in one are left out.
    pub fn of(course: &'a Course) -> Self {
        let graph = course.prerequisites();
        let mut layer_of = vec![0; graph.node_count()];
        let order = toposort(&graph, None).unwrap_or_default();
        for &node in &order {
            let after = graph.neighbors_directed(node, Incoming).map(|before| layer_of[before.index()] + 1);
            layer_of[node.index()] = after.max().unwrap_or(0);
        }
        // In the order in which they are taught, so that what nothing else decides stays so.
        let nodes: Vec<NodeIndex> = graph.node_indices().filter(|node| order.contains(node)).collect();
        let layers = nodes.iter().map(|node| layer_of[node.index()] + 1).max().unwrap_or(0);
        let mut slots: Vec<Vec<Slot>> = vec![Vec::new(); layers];
        for &node in &nodes {
            let own = layer_of[node.index()];
            slots[own].push(Slot::Lesson(node));
            let last = graph.neighbors(node).map(|to| layer_of[to.index()]).max().unwrap_or(own);
            for layer in slots.iter_mut().take(last).skip(own + 1) {
                layer.push(Slot::Passing(node));
            }
        }
        let net = Net { graph: &graph, layer_of: &layer_of };
        net.untangle(&mut slots);
        let height = |layer: &[Slot]| layer.iter().map(|slot| slot.room()).sum::<f32>();
        let rows = slots.iter().map(|layer| height(layer)).fold(0.0, f32::max);
        let row = |layer: usize, slot: Slot| {
            let before = slots[layer].iter().take_while(|other| **other != slot).map(|slot| slot.room());
            (rows - height(&slots[layer])) / 2.0 + before.sum::<f32>() + slot.room() / 2.0
        };
        let lessons = nodes.iter().map(|&node| {
            let layer = layer_of[node.index()];
            Placed { lesson: graph[node], layer, row: row(layer, Slot::Lesson(node)) }
        });
        let lessons = lessons.collect();
        let mut lines = Vec::new();
        for (layer, left) in slots.iter().enumerate() {
            for &slot in left {
                let (Slot::Lesson(from) | Slot::Passing(from)) = slot;
                for next in net.right(slot, layer) {
                    let to = match next {
                        Slot::Lesson(to) => vec![to],
                        Slot::Passing(_) => {
                            graph.neighbors(from).filter(|to| layer_of[to.index()] > layer + 1).collect()
                        }
                    };
                    lines.push(Piece {
                        from: graph[from].path(),
                        to: to.iter().map(|&to| graph[to].path()).collect(),
                        layer,
                        rows: [row(layer, slot), row(layer + 1, next)],
                        passes: matches!(next, Slot::Passing(_)),
                    });
                }
            }
        }
        Self { lessons, lines, columns: layers, rows }
    }
}

/// What leads to what, with the layer of each.
struct Net<'g, 'a> {
    graph: &'g DiGraph<&'a Lesson, ()>,
    layer_of: &'g [usize],
}

impl Net<'_, '_> {
    /// What a slot leads to in the next layer.
    fn right(&self, slot: Slot, layer: usize) -> BTreeSet<Slot> {
        let (Slot::Lesson(from) | Slot::Passing(from)) = slot;
        let next = |to: NodeIndex| match self.layer_of[to.index()] {
            far if far > layer + 1 => Some(Slot::Passing(from)),
            near if near == layer + 1 => Some(Slot::Lesson(to)),
            _ => None,
        };
        self.graph.neighbors_directed(from, Outgoing).filter_map(next).collect()
    }

    /// Puts the layers in order: each slot where those are that it is joined to, of all orders met the one with the fewest
    /// crossings.
    fn untangle(&self, slots: &mut Vec<Vec<Slot>>) {
        let mut best = (self.crossings(slots), slots.clone());
        for sweep in 0..SWEEPS {
            let there = sweep % 2 == 0;
            let steps: Vec<usize> = if there {
                (1..slots.len()).collect()
            } else {
                (0..slots.len().saturating_sub(1)).rev().collect()
            };
            for layer in steps {
                let beside = if there { layer - 1 } else { layer + 1 };
                let joined = |slot: Slot| -> Vec<usize> {
                    let is = |other: Slot| {
                        let (left, right, at) =
                            if there { (other, slot, beside) } else { (slot, other, layer) };
                        self.right(left, at).contains(&right)
                    };
                    (0..slots[beside].len()).filter(|&n| is(slots[beside][n])).collect()
                };
                let place = |(n, slot): (usize, &Slot)| {
                    let joined = joined(*slot);
                    let share = |n: usize, of: usize| (n as f32 + 0.5) / of as f32;
                    let mean = joined.iter().map(|&n| share(n, slots[beside].len())).sum::<f32>()
                        / joined.len() as f32;
                    (if joined.is_empty() { share(n, slots[layer].len()) } else { mean }, *slot)
                };
                let mut ordered: Vec<(f32, Slot)> = slots[layer].iter().enumerate().map(place).collect();
                ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
                slots[layer] = ordered.into_iter().map(|(_, slot)| slot).collect();
            }
            let crossings = self.crossings(slots);
            if crossings < best.0 {
                best = (crossings, slots.clone());
            }
        }
        *slots = best.1;
    }

    fn crossings(&self, slots: &[Vec<Slot>]) -> usize {
        let mut crossings = 0;
        for (layer, pair) in slots.windows(2).enumerate() {
            let at = |slot: &Slot| pair[1].iter().position(|other| other == slot);
            let ends = pair[0].iter().enumerate().flat_map(|(n, slot)| {
                let right = self.right(*slot, layer);
                right.iter().filter_map(|to| at(to).map(|to| (n, to))).collect::<Vec<_>>()
            });
            let ends: Vec<(usize, usize)> = ends.collect();
            for (n, a) in ends.iter().enumerate() {
                crossings +=
                    ends[..n].iter().filter(|b| (a.0 > b.0 && a.1 < b.1) || (a.0 < b.0 && a.1 > b.1)).count();
            }
        }
        crossings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(prerequisites: &[(&str, &[&str])]) -> Course {
        let lesson = |(slug, before): &(&str, &[&str])| {
            let before: Vec<String> = before.iter().map(|it| format!("\"a/{it}\"")).collect();
            let text = format!("+++\ntitle = \"{slug}\"\nprerequisites = [{}]\n+++\n", before.join(", "));
            Lesson::parse("a", slug, &text).0
        };
        Course { lessons: prerequisites.iter().map(lesson).collect(), ..Course::default() }
    }

    #[test]
    fn every_line_leads_to_the_right_and_a_long_one_passes_the_layers_between() {
        let course = course(&[("one", &[]), ("two", &["one"]), ("three", &["two", "one"]), ("alone", &[])]);
        let map = Layers::of(&course);
        let layers: Vec<usize> = map.lessons.iter().map(|it| it.layer).collect();
        assert_eq!((layers, map.columns), (vec![0, 1, 2, 0], 3));
        let lines: Vec<(usize, &str, usize, bool)> =
            map.lines.iter().map(|it| (it.layer, it.from.as_str(), it.to.len(), it.passes)).collect();
        assert!(
            lines.contains(&(0, "a/one", 1, true)) && lines.contains(&(0, "a/one", 1, false)),
            "{lines:?}"
        );
        assert_eq!(lines.len(), 4, "{lines:?}");
        let rows: BTreeSet<String> =
            map.lessons.iter().map(|it| format!("{} {}", it.layer, it.row)).collect();
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        let course = course(&[("a", &[]), ("b", &[]), ("d", &["b"]), ("c", &["a"])]);
        let map = Layers::of(&course);
        let row = |slug: &str| map.lessons.iter().find(|it| it.lesson.slug == slug).map(|it| it.row);
        assert!(row("a") < row("b") && row("c") < row("d") || row("a") > row("b") && row("c") > row("d"));
    }
}
