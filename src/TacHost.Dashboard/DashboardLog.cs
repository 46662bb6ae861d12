using Microsoft.Extensions.Logging;

namespace TacHost.Dashboard;

/// <summary>The log messages of the page.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Verb} of '{Name}' in process {Process}, requested on the page: done")]
    public static partial void Done(ILogger logger, string verb, string name, int process);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Verb} of '{Name}' in process {Process}, requested on the page, failed: {Reason}")]
    public static partial void Failed(ILogger logger, string verb, string name, int process, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused to change anything for a form of another site: {Reason}")]
    public static partial void CrossSite(ILogger logger, string reason);
}
