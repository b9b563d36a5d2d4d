//! The views of real requests, and of any bytes at all.

mod any;
mod archive;
mod kinds;
mod resend;
mod sample;
mod shapes;
