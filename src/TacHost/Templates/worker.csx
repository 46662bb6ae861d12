#!/usr/bin/env tachost
// Does something over and over, and nothing else.
//   tachost NAME.csx --every 10s

var every = Option("every", TimeSpan.FromSeconds(5), "how often to work");
var file = Option("file", "NAME.txt", "the file to write to");

var application = new Application("NAME");
new Worker(every, file).SetServiceParent(application);

class Worker(TimeSpan every, string file) : Service
{
    // Runs beside all other services until the token says stop. If it throws, the whole application stops with an error.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every);
        do
        {
            await File.AppendAllTextAsync(file, $"{DateTimeOffset.Now:O}\n", stoppingToken);
            Logger.LogInformation("Wrote a line to {File}.", file);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
