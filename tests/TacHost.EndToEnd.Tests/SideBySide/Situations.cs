namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>Everything that both programs are put through, in the order of the table.</summary>
internal static class Situations
{
    public static IReadOnlyList<Situation> All { get; } =
    [
        .. CommandLineSituations.All,
        .. StartSituations.All,
        .. FailedStartSituations.All,
        .. PidFileSituations.All,
        .. StopSituations.All,
        .. LogSituations.All,
        .. PrivilegeSituations.All,
    ];
}
