using System.Globalization;

namespace TacHost.Control.Wire;

/// <summary>A reload that has succeeded, or its plan.</summary>
/// <param name="Changes">True if anything changes.</param>
/// <param name="Services">Each service of the new tree in the order of the start, then those that leave.</param>
/// <param name="Notices">Further notices.</param>
/// <param name="Summary">The plan in one line.</param>
/// <param name="Fingerprint">Equal for equal plans.</param>
/// <param name="Milliseconds">The time until the new services had their places.</param>
internal sealed record ReloadReport(bool Changes, IReadOnlyList<ReloadedService> Services, IReadOnlyList<string> Notices, string Summary, string Fingerprint, double Milliseconds)
{
    /// <summary>Returns the result of the reload in one line.</summary>
    public string Describe() => Changes ? string.Create(CultureInfo.InvariantCulture, $"Reloaded in {Milliseconds:0} ms: {Summary}.") : "Reloaded: nothing has changed.";
}

/// <summary>The part of a reload that concerns one service.</summary>
/// <param name="Verdict">One of <c>kept</c>, <c>replaced</c>, <c>added</c> and <c>removed</c>.</param>
/// <param name="Path">The path without the application's name.</param>
/// <param name="Reason">Why; empty for a service that is kept.</param>
/// <param name="Text">The line of the plan.</param>
internal sealed record ReloadedService(string Verdict, string Path, string Reason, string Text);
