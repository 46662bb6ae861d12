// Eight threads that log as fast as they can, each its own numbered lines; then the time it took is written to a file.
using System.Diagnostics;
using System.Threading;

class Chatter(int threads, int lines, string resultFile) : Service
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(number => Task.Factory.StartNew(() => Chat(number), TaskCreationOptions.LongRunning)));
        var time = Stopwatch.GetElapsedTime(began);
        File.WriteAllText(resultFile + ".new", time.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.Move(resultFile + ".new", resultFile);
        Application.RequestStop();
    }

    private void Chat(int number)
    {
        for (var i = 0; i < lines; i++)
            Logger.LogInformation("thread {Thread} line {Line} sending 3003 bytes of poetry", number, i);
    }
}

int Number(string name) => int.Parse(Environment.GetEnvironmentVariable(name));
var application = new Application("chatter");
new Chatter(Number("BENCH_THREADS"), Number("BENCH_LINES"), Environment.GetEnvironmentVariable("BENCH_RESULT")).SetServiceParent(application);
