//! The one binary around `hardwon-core`: pages, JSON API, live updates, jobs and the command line.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
pub mod jobs;
pub mod realtime;
pub mod web;
