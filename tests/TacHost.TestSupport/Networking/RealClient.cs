using System.Diagnostics;

namespace TacHost.TestSupport.Networking;

/// <summary>A client that nobody here wrote. A test that needs one is skipped where it cannot be had.</summary>
public static class RealClient
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote to its standard output.</returns>
    public static async Task<string> RunAsync(string program, string input, params string[] arguments)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is not installed");
        ProcessStartInfo start = new(path!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8"; // names of files are what the tests say, whatever the machine speaks
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(await errors.Soon());
            return await output.Soon();
        }
        finally
        {
            process.Kill();
        }
    }
}
