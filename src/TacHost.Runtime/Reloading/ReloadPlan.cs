using System.Text;

namespace TacHost.Reloading;

/// <summary>What a reload does with a service.</summary>
internal enum Verdict
{
    /// <summary>It goes on running as it is.</summary>
    Kept,

    /// <summary>Another one takes its place.</summary>
    Replaced,

    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is not in the tac any more.</summary>
    Removed,
}

/// <summary>One service in a plan.</summary>
/// <param name="Verdict">What happens to it.</param>
/// <param name="Path">Its path without the application's name: the one after the reload, or the last one of a service that goes.</param>
/// <param name="Reason">Why, in one clause. Empty for a service that is kept.</param>
internal sealed record PlanLine(Verdict Verdict, string Path, string Reason)
{
    public override string ToString()
    {
        var sign = Verdict switch { Verdict.Kept => '=', Verdict.Replaced => '~', Verdict.Added => '+', _ => '-' };
        return Reason.Length == 0 ? $"{sign} {Path}" : $"{sign} {Path}: {Reason}";
    }
}

/// <summary>What a reload would do, in texts only: a plan may be kept, and must not keep the code of a tac in memory.</summary>
/// <param name="Lines">The services of the new tree in the order of the start, then those that go.</param>
/// <param name="Notices">What else there is to say.</param>
internal sealed record ReloadPlan(IReadOnlyList<PlanLine> Lines, IReadOnlyList<string> Notices)
{
    /// <summary>Gets whether anything would happen.</summary>
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

    /// <summary>The lines, each ended.</summary>
    public override string ToString() => string.Concat(Lines.Select(line => $"{line}\n")) + string.Concat(Notices.Select(notice => $"{notice}\n"));
}
