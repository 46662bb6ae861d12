using TacHost.EndToEnd.Tests.Running;
using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>Started by root, going on as somebody else.</summary>
internal static class PrivilegeSituations
{
    public static IReadOnlyList<Situation> All { get; } =
    [
        new("-u nobody", DropAndStop,
            Both("user", "65534 65534 65534 65534"), Both("group", "65534 65534 65534 65534"), Both("supplementary groups", "65534"), Both("serves the poem", "yes"),
            Differ("owner of the log", "root", "nobody", "log-owner"), Both("pid file", "none")) { NeedsRoot = true },
        new("-u nobody in a directory of root's", DropWhereRootWrites,
            Both("pid file", "names another process, or none")) { NeedsRoot = true },
        new("-u nobody --euid", stage => Drop(stage, "-u", "nobody", "--euid"),
            Both("user", "0 65534 0 65534"), Both("group", "0 65534 0 65534"), Both("supplementary groups", "65534"), Both("serves the poem", "yes")) { NeedsRoot = true },
        new("-g nogroup, started with a supplementary group", stage => Drop(stage, "-g", "nogroup"),
            Both("user", "0 0 0 0"), Both("group", "65534 65534 65534 65534"), Differ("supplementary groups", "12", "none", "supplementary-groups"), Both("serves the poem", "yes")) { NeedsRoot = true },
    ];

    private static async Task Drop(Stage stage, params string[] options)
    {
        stage.OpenToAll();
        stage.StartedBy = ["setpriv", "--groups=12"];
        await SeeIdentity(stage, await stage.RunningAsync(stage.Start(Deployment.Poem(), options)));
    }

    private static async Task DropAndStop(Stage stage)
    {
        stage.OpenToAll();
        var id = await stage.RunningAsync(stage.Start(Deployment.Poem(), "-u", "nobody"));
        await SeeIdentity(stage, id);
        stage.See("owner of the log", await stage.OwnerOfAsync(stage.Contender.Log));
        await stage.SignalAsync(id, "TERM");
        await Until.GoneAsync(id);
        stage.SeePidFile();
    }

    private static async Task DropWhereRootWrites(Stage stage)
    {
        stage.OpenToReaders();
        var id = await stage.RunningAsync(stage.Start(Deployment.Poem(), "-u", "nobody"));
        await stage.SignalAsync(id, "TERM");
        await Until.GoneAsync(id);
        stage.SeePidFile();
    }

    private static async Task SeeIdentity(Stage stage, int id)
    {
        stage.See("user", Proc.Status(id, "Uid"));
        stage.See("group", Proc.Status(id, "Gid"));
        stage.See("supplementary groups", Proc.Status(id, "Groups") is { Length: > 0 } groups ? groups : "none");
        await stage.SeePoemAsync(id);
    }
}
