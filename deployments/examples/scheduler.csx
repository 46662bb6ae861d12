// Runs one job at an interval, and another by a cron expression, here at each full minute of the office hours.
#:package Cronos@0.11.1
using Cronos;

var application = new Application("scheduler");
var interval = Option("interval", TimeSpan.FromMinutes(1), "the time between two cleanups");
application.AddService(new TimerService(interval, () => application.LoggerFactory.CreateLogger("cleanup").LogInformation("cleanup runs")));
application.AddService(new CronService(Option("cron", "* 8-17 * * MON-FRI", "when to run the backup"), "backup"));

class CronService(string cron, string job) : Service
{
    private static readonly TimeSpan _longestDelay = TimeSpan.FromDays(1); // Task.Delay throws above 49 days
    private readonly CronExpression _cron = CronExpression.Parse(cron, cron.Split(' ').Length > 5 ? CronFormat.IncludeSeconds : CronFormat.Standard);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_cron.GetNextOccurrence(DateTimeOffset.UtcNow, TimeZoneInfo.Local) is { } next)
        {
            Logger.LogInformation("{Job} is due at {Time}", job, next);
            for (var left = next - DateTimeOffset.UtcNow; left > TimeSpan.Zero; left = next - DateTimeOffset.UtcNow)
                await Task.Delay(left < _longestDelay ? left : _longestDelay, stoppingToken);
            Logger.LogInformation("{Job} runs", job);
        }
    }
}
