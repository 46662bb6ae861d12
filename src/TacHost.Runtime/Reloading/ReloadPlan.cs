using System.Text;

namespace TacHost.Reloading;

/// <summary>The effect of a reload on a service.</summary>
internal enum Verdict
{
    /// <summary>The service continues to run unchanged.</summary>
    Kept,

    Replaced,

    Added,

    /// <summary>The service is no longer in the tac file.</summary>
    Removed,
}

/// <summary>The line of a service in a plan.</summary>
/// <param name="Verdict">The effect on the service.</param>
/// <param name="Path">The path without the application's name. For a removed service, the last path; otherwise the path after the reload.</param>
/// <param name="Reason">The reason, as one clause. Empty for a service that is kept.</param>
internal sealed record PlanLine(Verdict Verdict, string Path, string Reason)
{
    public override string ToString()
    {
        var sign = Verdict switch { Verdict.Kept => '=', Verdict.Replaced => '~', Verdict.Added => '+', _ => '-' };
        return Reason.Length == 0 ? $"{sign} {Path}" : $"{sign} {Path}: {Reason}";
    }
}

/// <summary>The effects of a reload. Consists of texts only, because a stored plan must not keep the code of a tac file in memory.</summary>
/// <param name="Lines">The services of the new tree in the order of the start, then the removed ones.</param>
/// <param name="Notices">Further notices.</param>
internal sealed record ReloadPlan(IReadOnlyList<PlanLine> Lines, IReadOnlyList<string> Notices)
{
    public bool ChangesAnything => Lines.Any(line => line.Verdict != Verdict.Kept);

    /// <summary>Gets a short text that is equal for equal plans.</summary>
    public string Fingerprint
    {
        get
        {
            Fingerprint print = new();
            print.Append(Encoding.UTF8.GetBytes(ToString()));
            return print.ToString()[..12];
        }
    }

    public override string ToString() => string.Concat(Lines.Select(line => $"{line}\n")) + string.Concat(Notices.Select(notice => $"{notice}\n"));
}
