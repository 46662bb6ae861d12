using TacHost.Control.Wire;

namespace TacHost.Monitoring;

/// <summary>The data that the monitoring server shows.</summary>
/// <param name="Report">Describes the process and its services as they are now; the same report as the control socket's.</param>
/// <param name="LostLogLines">Returns the number of log lines that were lost.</param>
internal sealed record MonitoringSource(Func<StatusReport> Report, Func<long> LostLogLines);
