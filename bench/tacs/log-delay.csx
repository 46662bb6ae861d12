// A line now and then, which says when it was logged.
using System.Diagnostics;

class Dripper : Service
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(170, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            Logger.LogInformation("drip {Ticks}", Stopwatch.GetTimestamp());
        }
    }
}

var application = new Application("dripper");
new Dripper().SetServiceParent(application);
