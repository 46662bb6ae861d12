using System.Globalization;

namespace TacHost.Processes;

/// <summary>A program of another user, which the host's program becomes once it has become that user (ADR 9).</summary>
internal static class OtherUserStart
{
    /// <summary>The runtime of the step in between leaves files in the temporary directory unless told not to.</summary>
    private const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";

    /// <summary>Gets the directory of the runtime, if the host got it from its environment.</summary>
    private static readonly string[] _runtimeVariables = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    public static string Launcher { get; } = Path.Combine(AppContext.BaseDirectory, "tachost");

    /// <summary>Returns the arguments for <see cref="Launcher"/>. The reason why the program did not start comes through <see cref="SpawnedProcess.ReportDescriptor"/>.</summary>
    /// <param name="account">The user.</param>
    /// <param name="program">The path of the program.</param>
    /// <param name="arguments">Argument 0 and the following.</param>
    public static string[] Words(Account account, string program, IEnumerable<string> arguments) =>
    [
        Launcher, "--exec-as", Text(account.User), Text(account.Group), string.Join(',', account.Groups.Select(Text)), Text(SpawnedProcess.ReportDescriptor),
        string.Join(',', StepVariables().Select(variable => variable.Key)), program, .. arguments,
    ];

    /// <summary>Returns the environment of the user's program, with variables for the intermediate process only.</summary>
    public static List<string> Environment(Account account, IEnumerable<KeyValuePair<string, string?>> variables) =>
        InheritedEnvironment.OfAnotherUserWith([.. account.Variables, .. variables, .. StepVariables()]);

    private static IEnumerable<KeyValuePair<string, string?>> StepVariables() =>
        _runtimeVariables.Select(name => new KeyValuePair<string, string?>(name, System.Environment.GetEnvironmentVariable(name))).Prepend(new(DiagnosticsVariable, "0"));

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
