namespace TacHost.Fleet;

/// <summary>Has the tac files of deployments compiled in another process.</summary>
internal static class FleetSources
{
    /// <summary>Prepares deployments, and notes the state of their files.</summary>
    public static async Task<IReadOnlyList<(Unit Unit, PreparedUnit Prepared)>> PrepareAsync(IReadOnlyList<FleetMember> members, FleetContext context)
    {
        foreach (var member in members)
        {
            member.Stamp.Begin();
            member.Unit.ShowCompiling();
        }

        var prepared = await FleetContext.OnThread(() => FleetPreparation.Prepare(context.Arguments.Options, [.. members.Select(member => member.Unit.Entry)], context.Stopping.Token));
        foreach (var (member, result) in members.Zip(prepared))
            member.Stamp.End(member.Unit.Entry.Path, result.Files);
        return [.. members.Zip(prepared, (member, result) => (member.Unit, result))];
    }
}
