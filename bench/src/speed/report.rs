//! What was measured, beside its budget, as a table of Markdown.

use std::fmt::Write as _;

pub struct Line {
    pub work: String,
    /// How many times its cost from 5,000 to 100,000 reviews it may reach.
    pub growth: f64,
    pub requests: usize,
    pub seconds: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub cpu_ms: f64,
    pub budget_ms: Option<f64>,
}

#[derive(Default)]
pub struct Report {
    pub text: String,
    pub over: Vec<String>,
}

impl Report {
    pub fn heading(&mut self, text: &str) {
        let _ = write!(self.text, "\n## {text}\n\n");
        println!("\n{text}");
    }

    pub fn lines(&mut self, lines: &[Line]) {
        self.text.push_str(
            "| work | requests a second | p50 ms | p99 ms | CPU ms a request | budget |\n| --- | ---: | ---: | ---: | ---: | ---: |\n",
        );
        for line in lines {
            let budget = line
                .budget_ms
                .map_or("–".to_owned(), |budget| format!("{budget:.1}"));
            let row = format!(
                "| {} | {:.0} | {:.2} | {:.2} | {:.3} | {} |",
                line.work,
                line.requests as f64 / line.seconds,
                line.p50_ms,
                line.p99_ms,
                line.cpu_ms,
                budget
            );
            println!("{row}");
            self.text.push_str(&row);
            self.text.push('\n');
            if line.budget_ms.is_some_and(|budget| line.cpu_ms > budget) {
                self.over.push(format!(
                    "{}: {:.3} ms CPU a request",
                    line.work, line.cpu_ms
                ));
            }
        }
    }

    /// What each kind of work costs among many reviews, as a multiple of what it costs among few.
    pub fn growth(&mut self, few: &[Line], many: &[Line]) {
        self.text
            .push_str("| work | few, CPU ms | many, CPU ms | growth | at most |\n| --- | ---: | ---: | ---: | ---: |\n");
        for (few, many) in few.iter().zip(many) {
            let growth = many.cpu_ms / few.cpu_ms;
            let row = format!(
                "| {} | {:.3} | {:.3} | {growth:.2} | {:.1} |",
                few.work, few.cpu_ms, many.cpu_ms, few.growth
            );
            println!("{row}");
            self.text.push_str(&row);
            self.text.push('\n');
            if growth > few.growth {
                self.over
                    .push(format!("{}: grows {growth:.2}-fold", few.work));
            }
        }
    }

    /// A single figure with its unit and, where there is one, the most it may be.
    pub fn figure(&mut self, what: &str, value: f64, unit: &str, budget: Option<f64>) {
        let bar = budget.map_or(String::new(), |budget| format!(" (budget {budget} {unit})"));
        let row = format!("- {what}: {value:.1} {unit}{bar}");
        println!("{row}");
        self.text.push_str(&row);
        self.text.push('\n');
        if budget.is_some_and(|budget| value > budget) {
            self.over.push(format!("{what}: {value:.1} {unit}"));
        }
    }
}

/// The value below which this share of the sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    if sorted.is_empty() {
        return 0.0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    let place = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[place]
}
