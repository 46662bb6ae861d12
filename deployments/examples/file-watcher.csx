// Logs each file that appears in a directory: try it with touch inbox/letter
var application = new Application("inbox");
application.AddService(new Inbox(Option("directory", "inbox", "the directory to watch")));

class Inbox(string directory) : Service
{
    private FileSystemWatcher _watcher;

    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _watcher = new FileSystemWatcher(Directory.CreateDirectory(ResolvePath(directory)).FullName);
        _watcher.Created += (_, file) => Logger.LogInformation("received {File}", file.Name);
        _watcher.Error += (_, error) => Fail(error.GetException());
        _watcher.EnableRaisingEvents = true;
        return Task.CompletedTask;
    }

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        _watcher?.Dispose();
        return Task.CompletedTask;
    }
}
