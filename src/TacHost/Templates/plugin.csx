// A plugin: a service with options, which is run by its name. Put the file into a directory 'plugins', then
//   tachost NAME --help
//   tachost -n NAME --every 1s

using TacHost.Services.Plugins;

[Plugin("NAME", "Says something from time to time.")]
public sealed class Maker : ServiceMaker<SpeakerCommandLine>
{
    // Opens and starts nothing: the host starts the service.
    protected override IService MakeService(SpeakerCommandLine options) => new Speaker(options.Every, options.Text);
}

public sealed class SpeakerCommandLine
{
    [Option("every", 'e', "how often")]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(5);

    [Option("text", 't', "what to say")]
    public string Text { get; set; } = "hello";
}

public sealed class Speaker(TimeSpan every, string text) : Service
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Logger.LogInformation("{Text}", text);
    }
}
