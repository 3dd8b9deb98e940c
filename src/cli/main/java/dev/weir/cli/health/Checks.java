package dev.weir.cli.health;

import dev.weir.job.JobSettings;

/** Checks of one kind, and where their findings go. */
abstract class Checks {

  final Look look;
  final Findings findings;
  final JobSettings job; // null without a job file

  Checks(Look look) {
    this.look = look;
    this.findings = look.findings;
    this.job = look.job;
  }
}
