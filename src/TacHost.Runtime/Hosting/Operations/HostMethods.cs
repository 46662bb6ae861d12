using TacHost.Control.Server;
using TacHost.Control.Wire;
using TacHost.Hosting.Attaching;

namespace TacHost.Hosting.Operations;

/// <summary>The table of the methods that the control socket of a process provides.</summary>
internal static class HostMethods
{
    public static ControlMethods For(HostProcess process)
    {
        ControlMethods methods = new();
        methods.Add("ps", call => call.Answer(Reports.Of(process), ControlJson.Default.ProcessReport));
        methods.Add("status", call => call.Answer(Reports.WithServices(process), ControlJson.Default.StatusReport));
        methods.Add("origin", call => call.Answer(new OriginReport(Environment.GetCommandLineArgs()[1..], process.LaunchDirectory, process.Manager.IsConnected), ControlJson.Default.OriginReport));
        methods.Add("stop", (call, _) => ServiceOperations.StopAsync(process, call));
        methods.Add("start", (call, _) => ServiceOperations.StartAsync(process, call));
        methods.Add("restart", (call, _) => ServiceOperations.RestartAsync(process, call));
        methods.Add("reload", (call, _) => ReloadOperation.RunAsync(process, call));
        methods.Add("upgrade", call => UpgradeOperation.Run(process, call));
        methods.Add("history", call => ReloadOperation.ShowHistory(process, call));
        methods.Add("logs", (call, gone) => Task.Factory.StartNew(() => LogOperations.Show(process, call, gone), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        methods.Add("dump", (call, gone) => DumpOperation.RunAsync(process, call, gone));
        methods.Add("level", call => LogOperations.SetLevel(process, call));
        PromptOperations prompts = new(process);
        methods.Add("attach", prompts.AttachAsync);
        methods.Add("evaluate", prompts.EvaluateAsync);
        process.AddMethods?.Invoke(methods);
        return methods;
    }
}
