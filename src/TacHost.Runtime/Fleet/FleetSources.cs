namespace TacHost.Fleet;

/// <summary>Has the tac files of deployments compiled in another process.</summary>
internal static class FleetSources
{
    /// <summary>The number of files that one process compiles, so that the first deployments start while others are still being compiled.</summary>
    public const int BatchSize = 16;

    /// <summary>Prepares deployments, and notes the state of their files.</summary>
    public static async Task<IReadOnlyList<(Unit Unit, PreparedUnit Prepared)>> PrepareAsync(IReadOnlyList<FleetMember> members, FleetContext context)
    {
        if (members.Count == 0)
            return [];
        foreach (var member in members)
        {
            member.Stamp.Begin();
            member.Unit.ShowCompiling();
        }

        var sound = members.Where(member => member.Unit.Entry.Problem is null).ToList();
        IReadOnlyList<PreparedUnit> prepared = sound.Count == 0 ? [] : await FleetContext.OnThread(() => FleetPreparation.Run(context.Arguments.Options, [.. sound.Select(member => member.Unit.Entry.Path)], context.Stopping.Token));
        foreach (var (member, result) in sound.Zip(prepared))
            member.Stamp.End(member.Unit.Entry.Path, result.Files);
        return [.. sound.Zip(prepared, (member, result) => (member.Unit, result)), .. members.Except(sound).Select(member => (member.Unit, Broken(member)))];
    }

    private static PreparedUnit Broken(FleetMember member)
    {
        member.Stamp.End(member.Unit.Entry.Path, []);
        return new PreparedUnit(new Prepared.Failure(ExitCode.Usage, $"'{member.Unit.Entry.Path}' cannot be a deployment: {member.Unit.Entry.Problem}."), "", []);
    }
}
