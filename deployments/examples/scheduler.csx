// Runs a job by a cron expression, here at each full minute of the office hours.
#r "nuget: Cronos, 0.11.1"
using Cronos;

var application = new Application("scheduler");
application.AddService(new CronService(Option("cron", "* 8-17 * * MON-FRI", "when to run the job"), "backup"));

class CronService(string cron, string job) : Service
{
    private readonly CronExpression _cron = CronExpression.Parse(cron, cron.Split(' ').Length > 5 ? CronFormat.IncludeSeconds : CronFormat.Standard);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_cron.GetNextOccurrence(DateTimeOffset.UtcNow, TimeZoneInfo.Local) is { } next)
        {
            Logger.LogInformation("{Job} is due at {Time}", job, next);
            for (var left = next - DateTimeOffset.UtcNow; left > TimeSpan.Zero; left = next - DateTimeOffset.UtcNow)
                await Task.Delay(left, stoppingToken);
            Logger.LogInformation("{Job} runs", job);
        }
    }
}
